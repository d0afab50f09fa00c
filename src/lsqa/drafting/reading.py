"""A draft read strictly, and as it comes: a claim is passed on when its last bracket is there."""

import re
from typing import Annotated, Any, Final

from pydantic import Field

from lsqa.citations import Citation, Claim
from lsqa.models.strict_json import MalformedReplyError, Strict, Text, begin_of, decoded, decoded_part, validated

SCHEMA: Final[dict[str, Any]] = {
    "title": "draft",
    "description": "The statements that answer the question, each with the quotes that prove it.",
    "type": "object",
    "properties": {
        "claims": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "citations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"label": {"type": "integer"}, "quote": {"type": "string"}},
                            "required": ["label", "quote"],
                            "additionalProperties": False,
                        },
                    },
                },
                "required": ["text", "citations"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["claims"],
    "additionalProperties": False,
}
MOST_CLAIMS: Final = 20
_DEEPEST: Final = 6
_OPENING: Final = re.compile(r'\{\s*"claims"\s*:\s*\[\s*')
_THOUGHTS: Final = re.compile(r"\s*<think>.*?</think>", re.DOTALL)
_STARTS: Final = ("<think>", "```json")


class _Citation(Strict):
    label: int = Field(ge=-(2**31), le=2**31)
    quote: Annotated[Text, Field(max_length=2000)]


class _Claim(Strict):
    text: Annotated[Text, Field(max_length=1000)]
    citations: list[_Citation] = Field(max_length=12)

    def claim(self) -> Claim:
        return Claim(self.text, tuple(Citation(c.label, c.quote) for c in self.citations))


class _Draft(Strict):
    claims: list[_Claim] = Field(max_length=MOST_CLAIMS)


class ReplyReader:
    """Reads one reply. `text` is what has come of it."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget the reply so far: it broke off, and another begins."""
        self.text = ""
        self._at = -1  # up to where brackets were counted; -1 before the list of claims is open
        self._begin = 0  # of the claim that is being read
        self._depth = 0
        self._in_string = False
        self._is_escaped = False
        self._read: list[Claim] = []

    def feed(self, piece: str) -> tuple[Claim, ...]:
        """The claims that `piece` completes. Raises `MalformedReplyError`."""
        self.text += piece
        if self._at < 0 and not self._open():
            return ()
        before = len(self._read)
        while self._at < len(self.text):
            self._count(self.text[self._at])
            self._at += 1
        return tuple(self._read[before:])

    def finish(self) -> None:
        """Read the reply as a whole.

        Raises `MalformedReplyError` where it is no draft, or another than was passed on.
        """
        draft = validated(_Draft, decoded(self.text))
        if [c.claim() for c in draft.claims] != self._read:
            raise MalformedReplyError("the list of claims is not the one that the reply began with")

    def _open(self) -> bool:
        begin = begin_of(self.text)
        if opening := _OPENING.match(self.text, begin):
            self._at = opening.end()
            return True
        said = _THOUGHTS.sub("", self.text).lstrip()
        rest = self.text[begin:].lstrip()
        still_open = said.startswith("<think>") or any(start.startswith(said) for start in _STARTS)
        if rest and rest[0] != "{" and not still_open:
            raise MalformedReplyError(f"the reply has to begin with {{, but it begins with {rest[:20]!r}")
        return False

    def _count(self, character: str) -> None:
        """Follow brackets and strings; depth 0 is between claims."""
        if self._in_string:
            if self._is_escaped:
                self._is_escaped = False
            elif character == "\\":
                self._is_escaped = True
            elif character == '"':
                self._in_string = False
        elif character == '"':
            self._in_string = True
        elif character in "{[":
            if self._depth == 0:
                self._begin = self._at
            self._depth += 1
            if self._depth > _DEEPEST:
                raise MalformedReplyError("brackets are nested deeper than the form has them")
        elif character in "}]":
            self._depth -= 1
            if self._depth == 0:
                self._complete(self.text[self._begin : self._at + 1])

    def _complete(self, written: str) -> None:
        if len(self._read) == MOST_CLAIMS:
            raise MalformedReplyError(f"there are more than {MOST_CLAIMS} claims")
        try:
            value = decoded_part(written)
        except ValueError as error:
            raise MalformedReplyError(f"claim {len(self._read) + 1} is no JSON: {error}") from error
        self._read.append(validated(_Claim, value).claim())
