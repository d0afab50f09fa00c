"""Check a text against the documents: each sentence is supported, contradicted or not found.

`Checker` looks sentences up in a library, `judge` decides about one sentence and passages, `sentences` cuts a text.
"""

from lsqa.checking.checker import CheckedSentence, CheckedText, Checker, Entailment
from lsqa.checking.judging import Judgement, Passage, Verdict, judge
from lsqa.checking.sentences import LONGEST_SENTENCE, LONGEST_TEXT, Sentence, sentences

__all__ = [
    "LONGEST_SENTENCE",
    "LONGEST_TEXT",
    "CheckedSentence",
    "CheckedText",
    "Checker",
    "Entailment",
    "Judgement",
    "Passage",
    "Sentence",
    "Verdict",
    "judge",
    "sentences",
]
