"""Text recognised in page images by Tesseract (Smith, 2007), through pytesseract, where it is installed.

pytesseract imports pandas, half a second's worth of code: only where something is recognised.
"""

import contextlib
import functools
import os
import re
import subprocess
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from PIL import Image

from lsqa.errors import DocumentError, ModelUnavailableError

AUTOMATIC: Final = ("jpn", "jpn_vert", "eng")
_ANY_BLOCKS: Final = "--psm 3"  # page segmentation without orientation
_JAPANESE: Final = "jpn"
_VERTICAL: Final = "jpn_vert"
_DOWNWARDS: Final = "_vert"
_VERTICAL_BLOCK: Final = "--psm 5"
_SOME_LATIN: Final = 0.2  # of the characters
_LEAST_SECONDS: Final = 2.0  # below that another attempt is not begun
_SHORTEST: Final = 0.01  # seconds; none would be no limit
_DOUBTFUL: Final = 0.65  # mean confidence: the lines may run downwards, or the page lie on its side
_LEAST_CONFIDENCE: Final = 0.55  # real text has .6 and more; below it is a photograph or another script
_TURNS: Final = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}

_THREADS: Final = "OMP_THREAD_LIMIT"
_LANGUAGE: Final = re.compile(r"^[a-z_]+$", re.MULTILINE)  # a line; the first one says more than a name


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """A word (in Japanese often one character) and its box in pixels of the image; `confidence` 0 to 1. Across its line
    the box is that of the whole line, for a comma alone says nothing of its height.

    `is_vertical` where its line runs downwards; `turn` counts quarter turns clockwise in which it is drawn.
    """

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float
    is_vertical: bool = False
    turn: int = 0


@functools.cache
def available_languages() -> frozenset[str]:
    """The languages that are installed for Tesseract; none where it is not."""
    try:
        done = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False)
    except OSError:
        return frozenset()
    return frozenset(_LANGUAGE.findall(done.stdout)) if done.returncode in (0, 1) else frozenset()


def usable_languages(wanted: str) -> str:
    """The setting `ocr` as Tesseract takes it, `+` between languages; empty where nothing is to be recognised.

    `auto` are those of Japanese, vertical Japanese and English that are installed, `none` is none. Raises
    `ModelUnavailableError` where one that was named is not installed.
    """
    if wanted == "none":
        return ""
    if wanted == "auto":
        return "+".join(language for language in AUTOMATIC if language in available_languages())
    missing = [language for language in wanted.split("+") if language not in available_languages()]
    if missing:
        package = "tesseract-ocr-" + missing[0].replace("_", "-")
        raise ModelUnavailableError(
            f"Tesseract has no {missing[0]} (ocr = {wanted})", hint=f"apt-get install {package}, or set LSQA_OCR=auto"
        )
    return wanted


def recognise(image: Image.Image, languages: str, seconds: float) -> tuple[RecognisedWord, ...]:
    """The words of an image in Tesseract's reading order; none where it sees no text.

    Raises `DocumentError` where Tesseract fails, takes longer than `seconds`, or is not sure enough of what it sees.
    """
    attempts = _Attempts(image, languages, seconds)
    words = attempts.lying()
    if _is_vertical(words) or _confidence(words) < _DOUBTFUL:
        words = max((words, *attempts.standing()), key=_merit)
    if _confidence(words) < _DOUBTFUL:
        words = max(words, attempts.turned(), key=_merit)
    if words and _confidence(words) < _LEAST_CONFIDENCE:
        reason = f"Tesseract is sure of {_confidence(words):.0%} of what it sees: a picture or a bad scan"
        raise DocumentError(reason, hint="scan it again")
    return words


class _Attempts:
    """Ways of reading one image, in `seconds` altogether. The first has to succeed; another that fails or that the time
    does not reach for gives no words."""

    def __init__(self, image: Image.Image, languages: str, seconds: float) -> None:
        self._image = image
        self._names = languages.split("+")
        self._across = [name for name in self._names if not name.endswith(_DOWNWARDS)] or self._names
        self._end = time.monotonic() + seconds

    def lying(self) -> tuple[RecognisedWord, ...]:
        """By lines that run across. The Japanese model alone is surer of Japanese, and twice as fast, than with the
        English one beside it, which is asked only where there is Latin text."""
        words = _words(self._image, self._first_language, self._left)
        if _latin_share(words) > _SOME_LATIN and self._first_language != "+".join(self._across):
            words = max(words, self._another(self._image, "+".join(self._across)), key=_merit)
        return words

    def standing(self) -> Iterator[tuple[RecognisedWord, ...]]:
        """By lines that run downwards: among others that do not, and as one block, which loses fewer short ones."""
        if _VERTICAL in self._names:
            if _JAPANESE in self._names:
                yield self._another(self._image, f"{_JAPANESE}+{_VERTICAL}")
            yield self._another(self._image, _VERTICAL, _VERTICAL_BLOCK)

    def turned(self) -> tuple[RecognisedWord, ...]:
        """With the image turned so that its text stands upright, where it does not."""
        if self._left < _LEAST_SECONDS or (found := _upright(self._image, self._left)) is None:
            return ()
        angle, upright = found
        return tuple(_back(word, angle, self._image) for word in self._another(upright, self._first_language))

    @property
    def _first_language(self) -> str:
        return _JAPANESE if _JAPANESE in self._across else "+".join(self._across)

    @property
    def _left(self) -> float:
        """Seconds."""
        return max(_SHORTEST, self._end - time.monotonic())

    def _another(
        self, image: Image.Image, languages: str, segmentation: str = _ANY_BLOCKS
    ) -> tuple[RecognisedWord, ...]:
        if self._left < _LEAST_SECONDS:
            return ()
        try:
            return _words(image, languages, self._left, segmentation)
        except DocumentError:  # out of time: the first attempt stands
            return ()


def _words(
    image: Image.Image, languages: str, seconds: float, segmentation: str = _ANY_BLOCKS
) -> tuple[RecognisedWord, ...]:
    import pytesseract

    try:
        with _one_thread():
            found = pytesseract.image_to_data(
                image,
                lang=languages,
                config=segmentation,
                output_type=pytesseract.Output.DICT,
                timeout=seconds,
            )
    except (pytesseract.TesseractError, RuntimeError, OSError) as error:  # a timeout is a RuntimeError
        reason = " ".join(str(error).split())[:100]
        raise DocumentError(
            f"Tesseract failed ({reason})", hint="check its installation, or set LSQA_OCR=none"
        ) from error
    return tuple(_by_lines(found))


def _is_vertical(words: Sequence[RecognisedWord]) -> bool:
    return 2 * sum(word.is_vertical for word in words) > len(words)


def _latin_share(words: Sequence[RecognisedWord]) -> float:
    text = "".join(word.text for word in words)
    return sum(1 for c in text if c.isascii() and c.isalpha()) / max(1, len(text))


def _confidence(words: Sequence[RecognisedWord]) -> float:
    """The mean over the letters; 0 for none."""
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0


def _merit(words: Sequence[RecognisedWord]) -> float:
    """How much was recognised, and how surely: many letters read wrongly weigh less than a few that are right."""
    return _confidence(words) ** 2 * sum(len(word.text) for word in words)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Tesseract is started without threads of its own: files are read in several processes at a time, and its threads
    would only be in their way. pytesseract passes on our environment, and nothing else started here may keep this."""
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = "1"
    try:
        yield
    finally:
        del os.environ[_THREADS]
        if before is not None:
            os.environ[_THREADS] = before


@dataclass(frozen=True, slots=True)
class _Seen:
    """A word as Tesseract tells it; places in pixels."""

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float


def _by_lines(found: dict[str, list[Any]]) -> Iterator[RecognisedWord]:
    """Tesseract's table of words, line by line."""
    lines: defaultdict[tuple[int, int, int], list[_Seen]] = defaultdict(list)
    for i, text in enumerate(found["text"]):
        confidence = float(found["conf"][i]) / 100
        if text.strip() and confidence > 0:
            left, top = int(found["left"][i]), int(found["top"][i])
            right, bottom = left + int(found["width"][i]), top + int(found["height"][i])
            key = found["block_num"][i], found["par_num"][i], found["line_num"][i]
            lines[key].append(_Seen(text.strip(), left, top, right, bottom, confidence))
    for words in lines.values():
        yield from _line(words)


def _line(words: Sequence[_Seen]) -> Iterator[RecognisedWord]:
    """The words of a line; whether it runs downwards shows in the shape of them all."""
    left, right = min(w.left for w in words), max(w.right for w in words)
    top, bottom = min(w.top for w in words), max(w.bottom for w in words)
    is_vertical = sum(len(w.text) for w in words) > 1 and bottom - top > 1.3 * (right - left)
    for word, following in zip_longest(words, words[1:]):
        if is_vertical:
            end = _reached(word, following, word.bottom, following.top if following else 0, right - left)
            box = left, word.top, right, end
        else:
            end = _reached(word, following, word.right, following.left if following else 0, bottom - top)
            box = word.left, top, end, bottom
        yield RecognisedWord(word.text, *box, word.confidence, is_vertical)


def _reached(word: _Seen, following: _Seen | None, end: int, begins: int, height: int) -> int:
    """Where a word ends along its line: not beyond the next one's beginning. What is left of the square of a Japanese
    comma or small letter belongs to it; between Western words it is a space."""
    if following is None or begins >= end + height:
        return end
    is_wide = "W" in map(unicodedata.east_asian_width, (word.text[-1], following.text[0]))
    return begins if is_wide or begins < end else end


def _upright(image: Image.Image, seconds: float) -> tuple[int, Image.Image] | None:
    """The image turned so that its text stands, with the angle clockwise in degrees; None where it does already, or
    Tesseract cannot tell."""
    import pytesseract

    try:
        with _one_thread():
            found = pytesseract.image_to_osd(image, output_type=pytesseract.Output.DICT, timeout=seconds)
    except (pytesseract.TesseractError, RuntimeError, OSError):
        return None  # too few letters to tell
    angle = int(found["rotate"])
    return (angle, image.transpose(_TURNS[angle])) if angle in _TURNS else None


def _back(word: RecognisedWord, angle: int, image: Image.Image) -> RecognisedWord:
    """A word of the image that was turned clockwise by `angle`, in the image as it was."""
    wide, high = image.size
    left, top, right, bottom = word.left, word.top, word.right, word.bottom
    if angle == 90:
        box = top, high - right, bottom, high - left
    elif angle == 180:
        box = wide - right, high - bottom, wide - left, high - top
    else:
        box = wide - bottom, left, wide - top, right
    return RecognisedWord(word.text, *box, word.confidence, word.is_vertical, (4 - angle // 90) % 4)
