"""Whether letters are seen, tried by drawing their page with them and without."""

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

from lsqa.readers.pdf_hidden_signs import Flags, Letters
from lsqa.readers.pdfium_engine import PdfiumPage

_Picture = npt.NDArray[np.uint8]
_SEEN: Final = 16  # of 255: how much drawing a letter has to change a pixel
_FINE, _COARSE = 800_000, 400_000  # pixels of a drawing: to try thin letters, and to look for some letter of a run
_FINEST: Final = 2.0  # pixels a point


class Trial:
    """The letters of a page under trial. Drawn coarsely, `unseen` may miss thin ones."""

    def __init__(self, page: PdfiumPage, letters: Letters, *, is_fine: bool) -> None:
        self._page = page
        self._letters = letters
        self._scale = min(_FINEST, ((_FINE if is_fine else _COARSE) / max(1.0, page.width * page.height)) ** 0.5)
        self._drawn = self._draw()

    def unseen(self, suspects: Flags) -> Flags:
        """Those of `suspects` that change nothing where they stand when all their runs are left out."""
        if not suspects.any():
            return suspects
        runs = np.unique(self._letters.run_of[suspects])
        self._show(runs, shown=False)
        without = self._draw()
        self._show(runs, shown=True)
        change = np.maximum(self._drawn, without) - np.minimum(self._drawn, without)
        return self._at(suspects, lambda rows, columns: change[rows, columns].max() < _SEEN)

    def unseen_runs(self, suspects: Flags) -> Flags:
        """Those of `suspects` whose whole run stands on one even colour, in which no letter is to be seen.

        It needs no second drawing, and finds nothing on a photograph."""
        flat = self._at(suspects, lambda rows, columns: np.ptp(self._drawn[rows, columns], axis=(0, 1)).max() < _SEEN)
        seen = np.zeros(len(self._letters.runs), bool)
        seen[self._letters.run_of[~flat & ~self._letters.are_spaces]] = True
        unseen: Flags = flat & ~seen[self._letters.run_of]
        return unseen

    def _draw(self) -> _Picture:
        return np.asarray(self._page.image(self._scale))

    def _show(self, runs: Iterable[int], *, shown: bool) -> None:
        for number in runs:
            pdfium.FPDFPageObj_SetIsActive(self._letters.runs[number].handle, shown)

    def _at(self, suspects: Flags, holds: Callable[[slice, slice], bool]) -> Flags:
        """Those of `suspects` for whose place in the drawing, its rows and columns, something holds."""
        found = np.zeros_like(suspects)
        high, wide = self._drawn.shape[:2]
        low = np.floor(self._letters.places[:, :2] * self._scale).astype(int)
        end = np.floor(self._letters.places[:, 2:] * self._scale).astype(int) + 1
        low, end = np.maximum(low, 0), np.minimum(end, (wide, high))
        for i in np.flatnonzero(suspects & (low < end).all(axis=1)):
            found[i] = holds(slice(low[i, 1], end[i, 1]), slice(low[i, 0], end[i, 0]))
        outside: Flags = suspects & ~(low < end).all(axis=1)
        return found | outside
