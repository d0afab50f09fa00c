"""How questions are put: the patterns and word lists of `question_forms.toml`, compiled."""

import re
import tomllib
from importlib.resources import files
from typing import Any, Final, Literal, get_args

AskedKind = Literal[
    "amount",
    "date",
    "day",
    "period",
    "person",
    "percent",
    "count",
    "rank",
    "multiple",
    "organisation",
    "reason",
    "expansion",
]

_TABLE: Final[dict[str, Any]] = tomllib.loads(files("lsqa").joinpath("question_forms.toml").read_text(encoding="utf-8"))


def _any_of(alternatives: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


def _words(name: str) -> frozenset[str]:
    return frozenset(_TABLE["words"][name].split())


ASKED: Final[tuple[tuple[AskedKind, re.Pattern[str]], ...]] = tuple(
    (kind, _any_of(_TABLE["asked"][kind])) for kind in get_args(AskedKind)
)
LIST: Final = _any_of(_TABLE["forms"]["list"])
ASKING: Final = _any_of(_TABLE["forms"]["asking"])
COMPARISON: Final = _any_of(_TABLE["forms"]["comparison"])
ABOUT_DOCUMENT: Final = _any_of(_TABLE["forms"]["about_document"])

_COUNTERS: Final = "|".join(_TABLE["sorts"]["counters"])
_BODIES: Final = "|".join(_TABLE["sorts"]["bodies"])
COUNTER: Final = re.compile(rf"何({_COUNTERS})")
BODY: Final = re.compile(
    rf"(?:何|どの|どちらの)({_BODIES})|({_BODIES})(?:は|が|って|には|として)?(?:どこ|どれ|何という)|"
    rf"({_BODIES})(?:の?(?:名前|名称|一覧)|を(?:列挙|挙げ|すべて|全て|全部))"
)

GENERIC_JA: Final = _words("generic_ja")
GENERIC_EN: Final = _words("generic_en")
RELATIONAL_JA: Final = _words("relational_ja")
RELATIONAL_EN: Final = _words("relational_en")
