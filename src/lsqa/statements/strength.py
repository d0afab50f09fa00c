"""Words that make a statement say more than its quotes, or the opposite: 最も, 全て, 唯一, より多い; 増加 for 減少.

Such a word has to stand in the quotes, in whichever language: who is the largest of all is not to be told from one
figure, and a comparison is made by calculation (`arithmetic`) or not at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lsqa.text import detect_language, spaced_with_offsets


@dataclass(frozen=True, slots=True)
class _Emphasis:
    """`claimed` says more than can be said without one of `proof` in the quotes."""

    claimed: re.Pattern[str]
    proof: re.Pattern[str]


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_ALL: Final = r"全て|すべて|全員|全部|全額|全域|あらゆる|(?<! of )\b(?:all(?! over)|every|entire(?:ly)?)\b"
_ONLY: Final = r"唯一|のみ(?!な)|だけ(?!で(?:な|は))|\b(?<!not )only\b|\bsole(?:ly)?\b|\bexclusively\b"
_FIRST: Final = (
    r"初めて|(?:史上|日本|世界|国内|全国|本邦|我が国)初|初の(?!年度)|\b(?:for the first time|first ever|the first to)\b"
)
_MOST: Final = (
    r"最も|一番(?!目)|最大(?!限)|最多|最小(?!限)|最少|最高(?!裁)|最低(?!限)|最長|最短|トップ(?!1?0?%)"
    r"|\b(?<!at )(?:most(?! of)|least)\b|\b(?:larg|bigg|high|low|small|great|long|short|few)est\b"
)
_NEARLY: Final = r"ほとんど|大半|大部分|大多数|ほぼ全|\b(?:nearly|almost) all\b|\bmost of\b|\bthe majority\b|\bmostly\b"
_GREATLY: Final = (
    r"大幅|大きく|飛躍的|劇的|急速|急激|抜本的|著し[いく]"
    r"|\b(?:dramatic|drastic|significant|substantial|great|rapid|sharp)(?:al)?ly\b"
)
_ALWAYS: Final = r"常に|いつも|必ず|絶対|\b(?:always|invariably)\b|\bat all times\b"
_COMPARED: Final = (
    r"より(?:も)?[^。、\n]{0,12}(?:大き|多[いく]|少な|高[いくか]|低[いくか]|小さ|長[いくか]|短[いくか])|上回|下回"
    r"|\b(?:larger|bigger|greater|higher|lower|smaller|more|fewer|less|longer|shorter)\b"
    r"[^.\n]{0,24}?\bthan\b(?! *[\d¥$€])"
)
# What is compared with; before より, behind "than".
_THAN_JA: Final = re.compile(
    r"([^、。はがもを\s]{1,24})より(?:も)?(?=[^。、\n]{0,12}(?:大き|多[いく]|少な|高[いく]|低[いく]|小さ|長[いく]|短[いく]))"
)
_THAN_EN: Final = re.compile(r"\bthan (?:that of |the |in )*([A-Za-z][\w-]*)", re.IGNORECASE)
_EMPHASES: Final = (
    _Emphasis(
        _pattern(_ALL), _pattern(_ALL, r"全(?=[^般力面然])|各|いずれも|それぞれ|毎|\b(?:each|both|any|whole|fully)\b")
    ),
    _Emphasis(_pattern(_ONLY), _pattern(_ONLY, r"限[らりる定]|専[らら用]|\bunique\b|\bjust\b")),
    _Emphasis(_pattern(_FIRST), _pattern(_FIRST, r"初|第[1一]|\bfirst\b|1番|一番")),
    _Emphasis(_pattern(_MOST), _pattern(_MOST, r"最|首位|筆頭|順位|\b1位|第1位|トップ|\brank|\btop\b|\bfirst\b")),
    _Emphasis(_pattern(_NEARLY), _pattern(_NEARLY, _ALL)),
    _Emphasis(_pattern(_GREATLY), _pattern(_GREATLY, r"急|激増|激減|著|倍|\brapid|\bgreat|\bsignifican")),
    _Emphasis(_pattern(_ALWAYS), _pattern(_ALWAYS, r"常|毎|恒|不断|継続|義務|なければな|\bmust\b|\bevery\b")),
    _Emphasis(_pattern(_COMPARED), _pattern(_COMPARED, r"超|以上|未満|倍|比べ|比較|\bthan\b|\bexceed")),
)
_UP_JA: Final = r"増加|増え|増や|増額|増員|増設|増大|急増"
_DOWN_JA: Final = r"減少|減ら|減っ|減る|減り|減額|削減|急減"
_UP_EN: Final = r"\b(?:increas\w*|rise[sn]?|rising|rose|grow\w*|grew|rais\w+|expand\w*|expansion)\b"
_DOWN_EN: Final = (
    r"\b(?:decreas\w*|declin\w+|f[ea]ll(?:s|en|ing)?|reduc\w+|drop\w*|cut(?:s|ting)?|lower(?:ed|s|ing)?"
    r"|shr[aiu]nk\w*)\b"
)
_MORE_UP_JA: Final = r"引き?上げ|上昇|拡大|拡充|拡張|広が"
_MORE_DOWN_JA: Final = r"引き?下げ|低下|下落|縮小"
RISING: Final = _pattern(_UP_JA, _MORE_UP_JA, _UP_EN)
"""What says that something becomes more, in Japanese or English."""
FALLING: Final = _pattern(_DOWN_JA, _MORE_DOWN_JA, _DOWN_EN)
_OPPOSITES: Final[tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]] = tuple(
    (_pattern(a), _pattern(b))
    for a, b in (
        (_UP_JA, _DOWN_JA),
        (_UP_EN, _DOWN_EN),
        (r"引き?上げ", r"引き?下げ"),
        (r"上昇", r"低下|下落"),
        (r"拡大|拡充|拡張|広が|広げ", r"縮小|狭ま"),
        (r"厚[いくみ]", r"薄[いくま]"),
        (r"当初", r"補正"),
        (r"強[めいくま]|強化", r"弱[めいくま]|弱体"),
        (r"高[めいくま]|向上", r"低[めいく下]|低下"),
        (r"早[めいくま]|早期|速[めいく]", r"遅[らいくれ]|遅延"),
        (r"長[いく]|延長|延ばし", r"短[いく]|短縮"),
        (r"促[しすさ]|促進", r"抑[えさ]|抑制|妨げ"),
        (r"改善|好転", r"悪化"),
        (r"設置|新設|創設|設け|つく[りるっ]|整備", r"廃止|撤廃"),
        (r"大規模|大型", r"小規模|小型"),
        (r"容易|易し", r"困難|難し"),
        (r"成功", r"失敗"),
        (r"緩和|緩め", r"厳格|厳し[くい]"),
        (r"数[十百千万億]+[^、。]?以上", r"数[十百千万億]+[^、。]?(?:以下|以内|未満)"),
        (
            r"開始|始ま[りるっ]|始め[るた]|\b(?:start|begin|began|launch)\w*",
            r"終了|終わ[りるっ]|廃止|\b(?:end(?:s|ed)?|abolish\w*|terminat\w+)\b",
        ),
        (r"全額|全て|すべて|全部|\b(?:all|whole|entire)\b", r"半額|一部(?!事務)|\b(?:some|part) of\b|\bpartly\b"),
        (r"無料|無償|\bfree of charge\b", r"有料|有償"),
        (r"賛成|\bin favou?r\b", r"反対(?!側)|\b(?:against|oppos\w+)\b"),
        (r"(?<!不)可決|(?<!不)採択|(?<!不)承認|\bapprov\w+|\badopt\w+", r"否決|不採択|不承認|却下|\breject\w*"),
        (r"国内|\bdomestic\b", r"国外|海外|\b(?:overseas|foreign|abroad)\b"),
        (r"公立|\bpublic universit\w+", r"私立|\bprivate universit\w+"),
        (r"前半|上半期|\bfirst half\b", r"後半|下半期|\bsecond half\b"),
        (r"黒字|\bsurplus\b", r"赤字|\bdeficit\b"),
        (r"収入|歳入|\brevenues?\b", r"支出|歳出|\bexpenditures?\b"),
        (r"輸出|\bexport\w*", r"輸入|\bimport\w*"),
    )
)
_ACROSS_LANGUAGES: Final = ((RISING, FALLING),)


@dataclass(frozen=True, slots=True)
class Overstatement:
    """`claimed` is the word of the claim, `quoted` what the quotes have in its place, empty where they have nothing."""

    claimed: str
    quoted: str = ""


def overstatement(claim: str, quotes: Sequence[str]) -> Overstatement | None:
    """The first word by which `claim` says more than its quotes, or the opposite of what they say."""
    return _overstated(claim, "\n".join(quotes))


@lru_cache(maxsize=2048)
def _overstated(claim: str, quoted: str) -> Overstatement | None:
    claim, text = spaced_with_offsets(claim).text, spaced_with_offsets(quoted).text
    across = detect_language(claim) != detect_language(text)
    for pair in (*_OPPOSITES, *(_ACROSS_LANGUAGES if across else ())):
        for mine, other in (pair, pair[::-1]):
            said = mine.search(claim)
            if said and not other.search(claim) and not mine.search(text) and (found := other.search(text)):
                return Overstatement(said[0], found[0])
    for emphasis in _EMPHASES:
        if (said := emphasis.claimed.search(claim)) and not emphasis.proof.search(text):
            return Overstatement(said[0])
    return _turned_round(claim, text)


def _turned_round(claim: str, text: str) -> Overstatement | None:
    """A comparison with another thing than the quotes compare with: A is more than B, for B is more than A."""
    for sides in (_THAN_JA, _THAN_EN):
        mine, theirs = ({m[1].lower() for m in sides.finditer(t)} for t in (claim, text))
        if mine and theirs and not any(a.endswith(b) or b.endswith(a) for a in mine for b in theirs):
            return Overstatement(min(mine), min(theirs))
    return None
