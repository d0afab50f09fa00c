"""Check a text against the documents: each sentence is supported, contradicted or not found.

`Checker` looks sentences up in a library, `judge` decides about one sentence and passages by rules, `second_opinion`
says what a language model may change in that, `sentences` cuts a text.
"""

from lsqa.checking.checker import CheckedSentence, CheckedText, Checker
from lsqa.checking.judging import Judgement, Passage, Verdict, judge
from lsqa.checking.second_opinion import Entailment, Opinion
from lsqa.checking.sentences import LONGEST_SENTENCE, LONGEST_TEXT, Sentence, sentences

__all__ = [
    "LONGEST_SENTENCE",
    "LONGEST_TEXT",
    "CheckedSentence",
    "CheckedText",
    "Checker",
    "Entailment",
    "Judgement",
    "Opinion",
    "Passage",
    "Sentence",
    "Verdict",
    "judge",
    "sentences",
]
