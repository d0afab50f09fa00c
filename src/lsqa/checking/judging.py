"""Whether passages say what a sentence says: the decision, without a library and without a model.

A sentence is supported where nearly all of its content words stand in a passage, mostly beside each other, those of a
clause in one sentence, and no figure, year, name or predicate differs. It is contradicted where most of it stands there
and the passage has another figure, year, name or predicate in the place of its own. Else it is not found: nothing is
concluded from that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from lsqa.figures import find_figures, unsupported_figures
from lsqa.statements.clauses import together
from lsqa.statements.differences import Difference, differences, recast
from lsqa.statements.grounding import Grounding, grounding, is_fragment
from lsqa.statements.subjects import is_said_of, subjects
from lsqa.statements.translated import is_thing, together_translated
from lsqa.statements.unchanged import without_unchanged
from lsqa.text import detect_language

Verdict = Literal["supported", "contradicted", "not_found"]

# Chosen on PoliInfo-4's claims (docs/design.md): the share of a claim's words that stand there, and stand together.
COVERED: Final = 0.94
CONNECTED: Final = 0.6
TOGETHER: Final = 0.9
ABOUT: Final = 0.65
"""From this share of words on, a passage is about the same thing, so that a figure in it can contradict."""
TRANSLATED: Final = 0.65
"""`COVERED` for English on Japanese, where the lexicon has not every word."""
TOGETHER_TRANSLATED: Final = 0.8
FOR_FIGURES: Final = 0.3
_JUDGED: Final = 16
_FEW_TERMS: Final = 3
_ROW: Final = 2  # quotes that a row is cited by, with the head of its table


@dataclass(frozen=True, slots=True)
class Passage:
    """What a sentence is held against. `quotes` prove it; `context`, the headings and titles above, proves names.

    `published` is the date of the document, ISO 8601, empty where it is not known.
    """

    quotes: tuple[str, ...]
    context: tuple[str, ...] = ()
    published: str = ""

    @property
    def text(self) -> str:
        return "\n".join((*self.quotes, *self.context))


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the index of the passage that it rests on (None where there is none), what differs from it, and the
    words of the sentence that do not stand in it. `is_about`: the passage is about the same thing.
    """

    verdict: Verdict
    passage: int | None = None
    differences: tuple[Difference, ...] = ()
    missing: tuple[str, ...] = ()
    is_about: bool = False


def judge(sentence: str, passages: Sequence[Passage]) -> Judgement:
    """The verdict on `sentence` by the passage that says most of it."""
    order = sorted(range(len(passages)), key=lambda i: (-fit(sentence, passages[i]), len(passages[i].text)))[:_JUDGED]
    found = [_judge_one(sentence, passages[i], i) for i in order]
    supported = next((j for j in found if j.verdict == "supported"), None)
    if supported is not None or not found:
        return supported or Judgement("not_found")
    # The nearest in what it says, and of those in its words: another edition differs in its name too.
    contradicted = min(
        (j for j in found if j.verdict == "contradicted"), key=lambda j: len(j.differences), default=None
    )
    # Where one passage agrees in all but words, another figure elsewhere is that of another thing.
    if contradicted is not None and all(j.differences or not j.is_about for j in found):
        return contradicted
    return next((j for j in found if j.verdict == "not_found"), Judgement("not_found"))


def fit(sentence: str, passage: Passage) -> float:
    """How much of the sentence a passage holds, its words first, then their neighbourhood and the figures."""
    ground = grounding(sentence, passage.text)
    figures = len(find_figures(sentence))
    unproven = len(unsupported_figures(sentence, passage.quotes, passage.published)) if figures else 0
    return ground.covered + 0.2 * ground.connected + (FOR_FIGURES * (figures - unproven) / figures if figures else 0.0)


def _judge_one(sentence: str, passage: Passage, index: int) -> Judgement:
    sentence = without_unchanged(sentence, passage.quotes)
    ground = grounding(sentence, passage.text)
    if not ground.words:
        return Judgement("not_found")
    languages = detect_language(sentence), detect_language(passage.text)
    differing = differences(sentence, passage.quotes, passage.context, passage.published)
    holds = _holds_together if languages[0] == languages[1] else _holds_translated
    enough = holds(sentence, passage, ground)
    if enough and not differing and not is_fragment(sentence, "\n".join(passage.quotes)):
        otherwise = recast(sentence, passage.quotes)
        return Judgement("not_found" if otherwise else "supported", index, otherwise, is_about=True)
    # A name that differs is itself a word that is missing.
    names = sum(d.kind == "name" for d in differing)
    about = ground.covered + min(names, 1) / ground.words
    # Where two sorts of thing differ, the passage states another fact and says nothing of this one.
    firm = [d for d in differing if not d.leaves_open]
    is_one_thing = len({d.kind for d in firm}) == 1 and all(d.quoted for d in firm)
    if about >= ABOUT and is_one_thing:
        return Judgement("contradicted", index, differing, ground.missing, is_about=True)
    is_about = about >= ABOUT and (bool(differing) or _tells_of_subject(sentence, passage))
    return Judgement("not_found", index, differing, ground.missing, is_about=is_about)


def _tells_of_subject(sentence: str, passage: Passage) -> bool:
    """Whether a passage names what a sentence speaks of: the row of another country is not about the same thing."""
    of = subjects(sentence)
    return not of or any(is_said_of(one, (*passage.quotes, *passage.context)) for one in of)


def _holds_together(sentence: str, passage: Passage, ground: Grounding) -> bool:
    # The cells of one row, and the headings over it, stand beside each other in no order.
    is_row = len(passage.quotes) <= _ROW and all("\t" in quote for quote in passage.quotes)
    return (
        ground.covered >= COVERED
        and (ground.connected >= CONNECTED or is_row)
        and together(sentence, passage.quotes, passage.context) >= TOGETHER
    )


def _holds_translated(sentence: str, passage: Passage, ground: Grounding) -> bool:
    if ground.covered < TRANSLATED:
        return False
    if detect_language(sentence) == "ja":
        return True
    # Of few terms that the lexicon has, a thing that stands nowhere tells of something else.
    is_other = ground.words <= _FEW_TERMS and any(map(is_thing, ground.missing))
    return not is_other and (together_translated(sentence, passage.quotes, passage.context) >= TOGETHER_TRANSLATED)
