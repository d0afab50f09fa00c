"""Named bodies and programmes: 橋渡し研究支援プログラム, 文部科学省, B-cure, "Ministry of Finance".

A name is a Latin word with a capital, what stands in 「」, or a run of nouns that ends like the name of a body or a
programme and holds a word of its own: 支援事業 names none, 橋渡し研究支援プログラム does.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lsqa.figures import find_figures
from lsqa.lexicon import Translation, japanese_terms, synonyms
from lsqa.text import Span, detect_language, fold, spaced_with_offsets
from lsqa.tokens import Word, words

_BODY: Final = (
    "省|庁|局|課|府|県|大学|大学院|病院|機構|センター|研究所|研究院|委員会|審議会|協議会|協会|学会|財団|法人|公社|銀行"
    "|会社|会議|本部|部会|内閣"
)
_PROGRAMME: Final = (
    "プログラム|プロジェクト|事業|計画|戦略|構想|イニシアティブ|制度|基金|ファンド|拠点|(?<![方手用技療文作製治語])法|条例|ガイドライン|ビジョン"
    "|アクションプラン|プラン|大綱|方針"
)
_SUFFIX: Final = re.compile(rf"(?:{_BODY}|{_PROGRAMME})$")
_KIND: Final = re.compile(rf"(?P<body>{_BODY})$|(?P<programme>{_PROGRAMME})$")
_NOMINAL: Final = frozenset({"名詞", "接頭辞", "接尾辞", "記号"})
_LATIN: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9]*(?:[-.&+/][A-Za-z0-9]+)*\+?(?![A-Za-z0-9])")
_QUOTED: Final = re.compile(r"[「『]([^「」『』。\n]{2,30})[」』]")
_CAPITAL: Final = r"[A-Z](?:[A-Za-z0-9-]|['’](?!s\b))+"  # SCARDA's director is SCARDA's
_CAPITALISED: Final = re.compile(rf"\b{_CAPITAL}(?:\s+(?:(?:of|for|and|the|in|on)\s+){{0,2}}{_CAPITAL})*")
# Words that many bodies and programmes bear; a compound of these alone names nothing.
_COMMON: Final = frozenset(
    re.findall(
        r"\S+",
        """
        研究 開発 研究開発 支援 推進 事業 計画 戦略 制度 拠点 整備 形成 基盤 連携 強化 実施 関連 各 本 当該 同 新
        自 他 新規 国 国立 全国 地方 地域 大学 大学院 病院 センター 機構 機関 委員会 会議 本部 法人 会社 株式 企業 民間
        公的 共同 総合 基本 中核 実行 行動 方針 予算 補助 委託 助成 対象 公募 採択 主要 重点 重要 課題 年度 次 第 の
        等 系 型 関係 府省 府 省庁 省 庁 局 課 県 都 道府県 市町村 自治体 プログラム プロジェクト プラン ビジョン
        基金 ファンド 法 条例 案 実証 モデル 促進 活用 導入 人材 育成 養成 教育 産業 産学 実用 化 国際 臨床 専門
        特定 検討 有識 者 評価 運営 管理 調査 中 長期 短期 将来 今後 既存 構想 構築 創出 拡充 改革 改善 取組 活動
        """,
    )
)
_EVERYDAY: Final = frozenset(
    re.findall(
        r"\S+",
        """
        the a an in on at of for and or to by from with this that these those it its he she they we i as is are was
        were japan japanese fy budget billion million yen january february march april may june july august
        september october november december jan feb mar apr jun jul aug sep oct nov dec
        """,
    )
)
# Full-width letters take one character each, so reading them as ASCII moves no offset.
_ASCII: Final = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}
_AND: Final = re.compile(r"\s+and\s+(?:the\s+)?")
_KANJI: Final = re.compile(r"[一-龠々]")  # a run of katakana is parted by middle dots, which `plain` drops
_DESCRIBED: Final = 3  # words of a compound that describes; what is longer names
_ACRONYM: Final = re.compile(r"[A-Z]{2}|[A-Z][a-z]*[A-Z0-9]|[A-Za-z]-[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written at `text[start:end]`, and the folded, lower-case spellings by which a text may hold it."""

    text: str
    spellings: tuple[str, ...]
    start: int
    end: int

    @property
    def kind(self) -> str:
        """`body`, `programme`, or empty where the name does not say."""
        match = _KIND.search(fold(self.text))
        return "" if match is None else "body" if match["body"] else "programme"


def plain(text: str) -> str:
    """The form in which names are compared: folded but for blanks between words, lower case, without middle dots."""
    return spaced_with_offsets(text).text.lower().replace("・", "")


def short_spellings(written: str) -> tuple[str, ...]:
    """What a short form stands for by its own form: 大阪大 for 大阪大学."""
    return (written + "学",) if len(written) > 2 and written.endswith("大") else ()


def _name(text: str, start: int, end: int, others: Sequence[str] = ()) -> Name:
    written = text[start:end]
    spellings = (written, *synonyms(written), *short_spellings(written), *others)
    return Name(written, tuple(dict.fromkeys(map(plain, spellings))), start, end)


def compounds(text: str) -> Iterator[list[Word]]:
    run: list[Word] = []
    for word in words(text):
        nominal = word.token.part[0] in _NOMINAL and word.token.part[1] != "数詞"
        if run and (not nominal or run[-1].token.end != word.token.start):
            yield run
            run = []
        if nominal:
            run.append(word)
    if run:
        yield run


def _is_common(word: Word) -> bool:
    forms = {word.token.form, *(part.form for part in word.parts)}
    return word.token.form in _COMMON or (forms - {word.token.form} <= _COMMON and len(word.parts) > 1)


def _japanese_names(written: str, taken: Sequence[Span]) -> Iterator[Name]:
    text = written.translate(_ASCII)
    # A claim of several quotes has each on a line of its own: a heading's last word begins no name.
    for run in compounds(written.replace("\n", "\t")):
        while run and run[-1].token.form in ("等", "案", "内", "中", "用"):
            run = run[:-1]
        if not run or any(a < run[-1].token.end and run[0].token.start < b for a, b in taken):
            continue
        start, end = run[0].token.start, run[-1].token.end
        own = [w for w in run if not _is_common(w)]
        is_named = len(fold(text[start:end])) >= 3 and _SUFFIX.search(fold(text[start:end]))
        if own and (is_named or _is_short_university(text, run)):
            yield _name(text, start, end)


def _is_short_university(text: str, run: Sequence[Word]) -> bool:
    """京大, 大阪大: a proper noun that ends in 大, or 大 behind one."""
    last = run[-1].token
    named = run[-2].token if len(run) > 1 and last.form == "大" else last
    return text[last.start : last.end].endswith("大") and named.part[1] == "固有名詞"


def _english_names(text: str) -> Iterator[Name]:
    terms = japanese_terms(text)
    capitalised = tuple(_CAPITALISED.finditer(text))
    for term in terms:
        is_capital = any(m.start() < term.end and term.start < m.end() for m in capitalised)
        if not is_capital and any(_is_name(japanese) for japanese in term.japanese):
            yield _name(text, term.start, term.end, term.japanese)  # the ministry of finance, in small letters
    for opening, end in (span for match in capitalised for span in _parted(text, match.span(), terms)):
        start = opening
        while start < end and text[start:end].split()[0].lower() in _EVERYDAY:
            first = text[start:end].split()[0]
            start = text.index(first, start) + len(first)
            start += len(text[start:end]) - len(text[start:end].lstrip())
        written = text[start:end]
        opens = opening == 0 or text[:opening].rstrip()[-1:] in ".!?:\n"
        if not written or (opens and " " not in written and not _ACRONYM.search(written)):
            continue  # a sentence begins with a capital
        others = [term for t in terms if t.start <= start and end <= t.end for term in t.japanese]
        if others or " " in written or _ACRONYM.search(written):
            yield _name(text, start, end, others)


def _parted(text: str, span: Span, terms: Sequence[Translation]) -> Iterator[Span]:
    """Two names joined by "and", each on its own; Health and Welfare, of which neither is a name, stays one."""
    start, end = span
    for match in _AND.finditer(text, start, end):
        left, right = text[start : match.start()], text[match.end() : end]
        is_alike = " " in left and " " in right and left.split()[-1] == right.split()[-1]
        known = {(t.start, t.end) for t in terms if any(map(_is_name, t.japanese))}
        both_named = all(
            (a, b) in known or (" " not in text[a:b] and _ACRONYM.search(text[a:b]))
            for a, b in ((start, match.start()), (match.end(), end))
        )
        if is_alike or both_named:
            yield start, match.start()
            start = match.end()
    yield start, end


@lru_cache(maxsize=4096)
def _is_name(japanese: str) -> bool:
    """Whether a term is, from its first character to its last, the name of a body or programme."""
    return any(n.start == 0 and n.end == len(japanese) and n.kind for n in _japanese_names(japanese, ()))


@lru_cache(maxsize=4096)
def names(text: str) -> tuple[Name, ...]:
    """The named bodies and programmes of `text`, Japanese or English, in order, without overlap."""
    # Figures and words are those of the text as it is written: others ask for them too, and they are kept.
    written, text = text, text.translate(_ASCII)
    figures = [(f.start, f.end) for f in find_figures(written)]
    if detect_language(text) == "en":
        found = [n for n in _english_names(text) if not any(a < n.end and n.start < b for a, b in figures)]
        return tuple(sorted(found, key=lambda n: n.start))
    # What is quoted with a figure in it is compared by the figure.
    quoted = [
        _name(text, *m.span(1))
        for m in _QUOTED.finditer(text)
        if not any(a < m.end() and m.start() < b for a, b in figures)
    ]
    latin = [
        _name(text, *m.span())
        for m in _LATIN.finditer(text)
        if (len(m[0]) > 1 and _ACRONYM.search(m[0])) or (len(m[0]) > 2 and m[0][0].isupper())
    ]
    free = [n for n in latin if not any(a < n.end and n.start < b for a, b in figures)]
    taken = [(n.start, n.end) for n in quoted]
    free = [n for n in free if not any(a < n.end and n.start < b for a, b in taken)]
    compounds = _japanese_names(written, [*taken, *((n.start, n.end) for n in free)])
    return tuple(sorted([*quoted, *free, *compounds], key=lambda n: n.start))


def stands_in(name: Name, text: str) -> bool:
    """Whether `text`, in the form of `plain`, holds the name in one of its spellings; a Latin one as a whole."""
    return any(holds(text, spelling) for spelling in name.spellings if spelling)


def holds(text: str, spelling: str) -> bool:
    """Whether `text` holds `spelling` as whole words: 京大 stands not in 東京大学; both in the form of `plain`."""
    at = text.find(spelling)
    while at >= 0:
        if not _cuts(text, at) and not _cuts(text, at + len(spelling)):
            return True
        at = text.find(spelling, at + 1)
    return False


def _cuts(text: str, at: int) -> bool:
    """Whether `at` is in the middle of a word or a number."""
    before, after = text[max(0, at - 1) : at], text[at : at + 1]
    if before.isascii() or after.isascii():
        return before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
    return bool(_KANJI.match(before) and _KANJI.match(after)) and at in _inside(text)


@lru_cache(maxsize=4096)
def _inside(text: str) -> frozenset[int]:
    """The offsets of `text` that are in the middle of one of its short units."""
    return frozenset(at for word in words(text) for part in word.parts for at in range(part.start + 1, part.end))


def unproven_names(claim: str, texts: Sequence[str]) -> tuple[Name, ...]:
    """The names of `claim` that none of `texts` holds, in order."""
    found = names(claim)
    if not found:
        return ()
    held = [plain(text) for text in texts]
    return tuple(n for n in found if not any(stands_in(n, text) for text in held))


def is_described(name: Name, headings: Sequence[str]) -> bool:
    """Whether a short compound of common nouns (ワクチン拠点) says in its own words what one of `headings` names at
    length (ワクチン開発のための研究開発拠点の形成): all its words stand there, in their order."""
    parts = [part for word in words(name.text) for part in word.parts]
    is_plain = all(part.part[0] in _NOMINAL and part.part[1] != "固有名詞" for part in parts)
    if not is_plain or len(parts) > _DESCRIBED or name.text.isascii():
        return False
    pattern = ".*".join(re.escape(fold(name.text[part.start : part.end])) for part in parts)
    return any(re.search(pattern, fold(heading)) for heading in headings)
