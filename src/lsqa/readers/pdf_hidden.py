"""Text on a PDF page that no reader of it can see: the way instructions are smuggled into what a machine reads.

Cheap signs pick the suspects: no paint at all, a size or place where nothing can be seen, the colour of what lies
under it, something painted over it, a clipping path elsewhere, hardly any opacity. All but the first three are then
tried, not guessed: the page is drawn with the suspects and without them, and what changes nothing is hidden.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Final

import numpy as np

from lsqa.readers.glyphs import PageContent
from lsqa.readers.pdf_hidden_runs import is_unpainted, is_window
from lsqa.readers.pdf_hidden_signs import Flags, Grounds, Letters, is_scan
from lsqa.readers.pdf_hidden_trial import Trial
from lsqa.readers.pdfium_characters import TextRun
from lsqa.readers.pdfium_drawings import Paint
from lsqa.readers.pdfium_engine import PdfiumPage

NO_PAINT: Final = "without paint"
TOO_SMALL: Final = "too small to be seen"
OFF_PAGE: Final = "off the page"
NO_COLOUR: Final = "in no visible colour"
COVERED: Final = "covered by something else"
CUT_OFF: Final = "cut off by a clipping path"
FAINT: Final = "transparent or on a layer that is not shown"
_FEWEST_LETTERS: Final = 3  # fewer in a run that is seen are thin ones on a ground not unlike them

Signs = list[tuple[str, Flags]]


def part_hidden(page: PdfiumPage, content: PageContent, runs: Sequence[TextRun], paints: Sequence[Paint]) -> None:
    """Move what cannot be seen from `content.glyphs` to `content.hidden`, with the reason."""
    if not content.glyphs:
        return
    letters = Letters(content, runs)
    hidden = _plain(letters, content)
    known = _any(hidden) | letters.are_spaces
    doubtful, unclear = _doubtful(page, content, letters, Grounds(letters, content, paints))
    is_fine = bool((_any(doubtful) & ~known).any())
    if is_fine or (unclear & ~known).any():
        trial = Trial(page, letters, is_fine=is_fine)
        # Each reason by itself: a letter that is hidden may stand under one that only might be.
        hidden += [(reason, _unless_few(trial.unseen(flags & ~known), letters)) for reason, flags in doubtful]
        hidden.append((NO_COLOUR, trial.unseen_runs(unclear & ~known & ~_any(doubtful))))
    if _any(hidden).any():
        _move(content, hidden)


def _plain(letters: Letters, content: PageContent) -> Signs:
    """What needs no trial."""
    unpainted = letters.of_runs(is_unpainted)
    return [
        (NO_PAINT, np.zeros_like(unpainted) if is_scan(content) else unpainted),
        (TOO_SMALL, letters.too_small()),
        (OFF_PAGE, letters.off_page()),
    ]


def _doubtful(page: PdfiumPage, content: PageContent, letters: Letters, grounds: Grounds) -> tuple[Signs, Flags]:
    """What is to be tried, and what stands on pictures, where it is only to be looked for."""
    doubtful = [
        (COVERED, grounds.are_covered),
        (NO_COLOUR, grounds.like_ink()),
        (CUT_OFF, letters.cut_off(page.seen)),
        (FAINT, letters.faint()),
    ]
    windows = letters.of_runs(is_window)
    recognised = (letters.of_runs(is_unpainted) | windows) & is_scan(content)
    tried = [(reason, flags & ~recognised & ~windows) for reason, flags in doubtful]
    return tried, (windows | grounds.unknown()) & ~recognised


def _any(signs: Signs) -> Flags:
    found: Flags = np.any([flags for _, flags in signs], axis=0)
    return found


def _unless_few(unseen: Flags, letters: Letters) -> Flags:
    """`unseen` without stretches of one or two letters in a run that is seen."""
    shown = ~unseen & ~letters.are_spaces
    seen_runs = np.zeros(len(letters.runs), bool)
    seen_runs[letters.run_of[shown]] = True
    kept = unseen.copy()
    for is_unseen, group in groupby(np.flatnonzero(~letters.are_spaces), key=lambda i: bool(unseen[i])):
        stretch = list(group)
        if is_unseen and len(stretch) < _FEWEST_LETTERS and seen_runs[letters.run_of[stretch]].all():
            kept[stretch] = False
    return kept


def _move(content: PageContent, hidden: Signs) -> None:
    glyphs = content.glyphs
    reasons: dict[int, str] = {}  # by index in content.glyphs
    for reason, flags in hidden:
        for number in np.flatnonzero(flags):
            reasons.setdefault(int(number), reason)
    for i, glyph in enumerate(glyphs):  # a space goes the way of the letter before it
        if glyph.text.isspace() and i - 1 in reasons and glyphs[i - 1].run == glyph.run:
            reasons[i] = reasons[i - 1]
    found: dict[str, list[str]] = defaultdict(list)
    for i, reason in sorted(reasons.items()):
        found[reason].append(glyphs[i].text)
    content.hidden.extend((reason, text) for reason, letters in found.items() if (text := "".join(letters).strip()))
    content.glyphs = [g for i, g in enumerate(glyphs) if i not in reasons]
