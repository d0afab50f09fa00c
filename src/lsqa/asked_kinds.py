"""Does a text hold the kind of thing that a question asks for: an amount, a count of that very thing, a name, a reason?

What the question itself says does not count as an answer to it.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from lsqa.beginnings import asks_for_ends, tells_ends
from lsqa.editions import without_other_editions
from lsqa.figures import Figure, find_figures, supports, table_rows
from lsqa.figures.columns import column_figures
from lsqa.question_forms import AskedKind, counters_of
from lsqa.questions import Question, key
from lsqa.tokens import Token, stem_english, tokenize

_FIGURES_OF: dict[AskedKind, frozenset[str]] = {
    "amount": frozenset({"amount"}),
    "date": frozenset({"date", "month", "year", "fiscal_year"}),
    "day": frozenset({"date", "month"}),
    "period": frozenset({"fiscal_year", "year", "duration"}),
    "percent": frozenset({"percent"}),
    "rank": frozenset({"rank", "ordinal"}),
}
_PLACES = frozenset({"", "番", "番目"})
_EXACT_SHARE = re.compile(r"[％%]|パーセント|percent", re.IGNORECASE)
_HOW_LONG = re.compile(r"期間|年間|どれ|どの[くぐ]|how long|duration|period", re.IGNORECASE)
_TIME_OF_DAY = re.compile(
    r"\d{1,2}\s*(?:[:：]\d{2}|時(?![間点期代]))|24時間|終日|正午|\b\d{1,2}\s*[ap]\.?m\b|\bnoon\b", re.IGNORECASE
)
_MULTIPLE = re.compile(r"\d\s*倍|倍増|times", re.IGNORECASE)
_ORGANISATION = re.compile(
    r"(?!関係|各|全国|複数|国立|当該|主要)[\u4e00-\u9fff\u30a0-\u30ffA-Za-z]+"
    r"(?:大学(?!院|発|病院)|研究所|研究院|機構|センター|病院|(?<!府)省(?![略エ])|庁|局(?![面所])|課(?![題程])|委員会|部会|会議|検討会|学会|財団|法人|株式会社|中研|製薬)"
)
# 東大, 北大; not what ends so by chance.
_UNIVERSITY = re.compile(
    r"(?<![\u4e00-\u9fff])(?!最|拡|増|重|巨|莫|過|多|甚|膨|絶|肥|寛|雄|壮|強|広|偉|長|極|遠|盛|特|尊)"
    r"[\u4e00-\u9fff]{1,2}大(?![\u4e00-\u9fff\u3040-\u309f])|"
    r"(?<![\u4e00-\u9fff])(?:東|京|阪|北|名|九|東北|筑波)大(?![学会臣西陸])"
)
# Who does something may be a body or a group as well, unless the question asks for someone by office or by name.
_PERSONAL = re.compile(
    r"名|先生|教授|博士|研究者|人は|人が|リーダー|トップ|偉い|代表|責任|長(?:は|が|を|って|の|$)|率い|務め|就任|大臣|総裁|総理|知事|[一二三四五六七八九]人|"
    r"\b(?:names?|leads?|leader|led|heads?|headed|directs?|directed|director|chair\w*|runs?|ran|professors?|person|researchers?|ministers?|presidents?)\b",
    re.IGNORECASE,
)
_ACTOR = re.compile(
    r"スタートアップ|ベンチャー|企業|事業者|大学等|政府|作業部会|研究者|有識者|学生|患者|住民|自治体|関係府省"
)
_WHERE = re.compile(r"拠点[はがって]*どこ")  # in which town, or at which body
_COUNTRIES = re.compile(
    r"(?<![A-Za-z])(?:G7|G20|ASEAN|EU)(?![A-Za-z])|グローバル・?サウス|諸?外国|海外|各国|欧米|途上国|同盟国|同志国"
)
_KANJI = re.compile(r"[\u4e00-\u9fff]")
_CALLED = re.compile(r"・(?=[ァ-ヴー]{2})|氏|さん|博士|教授|先生|大統領|首相")
_SHORT_NAME = re.compile(r"略称|略語|\b(?:abbreviat\w+|acronym|short name)", re.IGNORECASE)
_FULL_NAME = re.compile(r"\bstands? for\b|何の略|正式名|\bfull(?: \w+)? name", re.IGNORECASE)
_ABBREVIATION = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9-]*[A-Z][A-Za-z0-9-]*(?![A-Za-z0-9])")
_ACRONYM = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Za-z]*[A-Z]{2,}(?![A-Za-z0-9])")
_OFFICE = re.compile(r"大臣|知事|市長|総裁|理事長|長官|局長|課長|センター長|所長|教授")
# An office that is told by the body it is of, where the question leaves that open.
_WHICH_OFFICE = re.compile(
    r"(?<![\u4e00-\u9fff\u30a0-\u30ff])(大臣|知事|市長|長官)(?!官房)|"
    r"\b(?:the|which|what) ministers?\b(?! (?:of|for)\b)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"ため|から[、。]|により|によって|よって|踏まえ|ことから|背景[にとは]|理由|原因|につなが|に(?:合|あ)わせて|に伴(?:い|う|って)|(?:た|その)結果|ので|"
    r"(?:必要|必要性|課題|おそれ|懸念|恐れ)があ(?:り|る(?:ため|中))|"
    r"because|due to",
    re.IGNORECASE,
)
_COUNTERS = {
    "名": frozenset({"人"}),
    "本": frozenset({"本", "件", "報"}),
    **dict.fromkeys(("箇所", "か所", "カ所", "ヶ所"), frozenset({"箇所"})),
    **dict.fromkeys(("か国", "カ国", "ヶ国"), frozenset({"国"})),
    **dict.fromkeys(("校", "大学"), frozenset({"校", "大学"})),
    "社": frozenset({"社", "企業"}),
    "種類": frozenset({"種類", "種"}),
}
_OF_ANYTHING, _BESIDE = frozenset({"つ", "個"}), 12
_OF_CELLS = frozenset({"人", "件", "本"})
# What names no organisation by itself.
_GENERAL = re.compile(
    r"(?:国立|公立|私立|立|地方|研究|自|他|同|全|両|本|国際卓越研究|総合|医科|連携|協力|採択|参加|実施|拠点|支援|中核|臨床研究中核)*"
    r"(?:大学|病院|研究所|機構|センター|省|庁|委員会|部会|会議|検討会|学会|財団|法人|株式会社)"
)
_ENDINGS = {
    "": ("",),
    "機関": ("大学", "研究所", "研究院", "機構", "センター", "病院", "財団", "法人", "株式会社", "中研"),
    "企業": ("株式会社", "製薬"),
}
_HEAD_OF_COUNT = re.compile(r"の?数?(?:[〔（(].*)?$")
_IN_ENGLISH = re.compile(r"英語|英名|\bin English\b|English name", re.IGNORECASE)
_ENGLISH_NAME = re.compile(r"[A-Za-z][A-Za-z,&.'’/()-]*(?: [A-Za-z,&.'’/()-]+)+")
_ANY_NAME = re.compile(r"[A-Za-z\u3040-\u30ff\u4e00-\u9fff・][^\d\t〔〕]{3,}")
_CAPITALS = re.compile(r"[A-Z]{3,}")
_LATIN_WORDS = re.compile(r"[A-Za-z]+(?:[ ,&/-]+[A-Za-z]+){2,}")
# What is asked for by these words, and what it looks like; an address is one on the web else.
_PHONE, _MAIL = r"(?<![\d-])0\d{1,4}[-(（]\d{1,4}[-)）]\d{3,4}(?!\d)", r"[\w.+-]+@[\w-]+\.\w"
_ON_THE_WEB, _BY_POST = r"https?://|\bwww\.", r"〒|[都道府県市区町村][^。\n]{0,12}\d|丁目|番地"
_ADDRESSES = (
    (re.compile(r"電話|FAX|ファッ?クス|phone", re.IGNORECASE), re.compile(_PHONE)),
    (re.compile(r"メール|\be-?mail", re.IGNORECASE), re.compile(_MAIL)),
    (re.compile(r"連絡先|contact", re.IGNORECASE), re.compile(f"{_PHONE}|{_MAIL}|{_ON_THE_WEB}")),
    (re.compile(r"住所|postal"), re.compile(f"{_BY_POST}|{_ON_THE_WEB}")),
    (re.compile(""), re.compile(_ON_THE_WEB)),
)


@lru_cache(maxsize=8192)
def figures_in(text: str) -> tuple[Figure, ...]:
    """`find_figures`, kept: the texts of a page are asked about again and again."""
    return find_figures(text)


def holds(kind: AskedKind, text: str, question: Question) -> bool:
    """Whether `text` holds a thing of `kind` that the question does not already name.

    Where one line names all that the text says of the subject, only that line counts: what the others hold is said of
    something else.
    """
    text = without_other_editions(question.text, text)
    if kind in ("amount", "percent", "organisation", "person", "reason"):
        text = _line_of_subject(text, question)
    if kind in _FIGURES_OF:
        return _holds_figure(kind, text, question)
    if kind == "count":
        return _holds_count(text, question)
    if kind == "multiple":
        return bool(_MULTIPLE.search(text))
    if kind == "time":
        return bool(_TIME_OF_DAY.search(text))
    if kind == "person":
        return (
            _names_a_person(text, question)
            or _names_an_office(text, question.text)
            or (not _PERSONAL.search(question.text) and _names_an_actor(text, question))
        )
    if kind == "organisation" and question.body == "国":
        return any(key(name) not in key(question.text) for name in _countries(text))
    if kind == "organisation":
        named = (*_bodies(text, question.body), *(_places(text) if _WHERE.search(question.text) else ()))
        return any(key(name) not in key(question.text) for name in named)
    if kind == "reason":
        return bool(_REASON.search(text))
    if kind == "address":
        looks_so = next(looks for asked, looks in _ADDRESSES if asked.search(question.text))
        return bool(looks_so.search(text))
    return _expands(text, question)


def _line_of_subject(text: str, question: Question) -> str:
    lines = text.split("\n")
    if len(lines) < 3 or "\t" in text:
        return text
    folded = [key(line) for line in lines]
    subject = [t.alternatives for t in question.terms if t.importance >= 1 and not t.is_asked]
    of_line = [{s for s in subject if any(word in line for word in s)} for line in folded]
    naming = [i for i, names in enumerate(of_line) if names]
    return lines[naming[0]] if len(naming) == 1 and naming[0] > 0 else text


def _holds_figure(kind: AskedKind, text: str, question: Question) -> bool:
    given = question.premises
    figures = figures_in(text) + (column_figures(text) if kind == "rank" else ())
    wanted = _FIGURES_OF[kind] | (_FIGURES_OF["date"] if kind == "period" and asks_for_ends(question.text) else set())
    new = [f for f in figures if f.kind in wanted and not any(supports(g, f) for g in given)]
    if kind == "rank":  # the 71st meeting is no place
        new = [f for f in new if f.kind == "rank" or f.unit in _PLACES]
    if kind in ("date", "day", "period") and not tells_ends(question.text, text, new):
        # A duration tells how long, which is asked for by other words.
        new = [f for f in new if f.kind == "duration"] if kind == "period" and _HOW_LONG.search(question.text) else []
    if kind == "percent" and _EXACT_SHARE.search(question.text):
        new = [f for f in new if text[f.end - 1] in "%％割" or "percent" in text[f.start : f.end].lower()]
    return bool(new)


def _holds_count(text: str, question: Question) -> bool:
    """Whether a figure counts what is asked for, in the line that names it where the text does so."""
    lines = [text] if "\t" in text else text.split("\n")
    spellings = [s for t in question.terms if _is_counted(t.text, question.counted) for s in t.alternatives]
    named = [line for line in lines if any(s in key(line) for s in spellings)]
    wanted = _wanted(question)
    return any(
        _counts(f, line, wanted) and (f.unit not in _OF_ANYTHING or not spellings or _stands_by(f, line, spellings))
        for line in named or lines
        for f in figures_in(line)
    )


def _stands_by(figure: Figure, line: str, spellings: Sequence[str]) -> bool:
    """Whether a figure stands right beside what it counts, as つ and 個 count anything: 3つの計画 are plans."""
    after = line[figure.end : figure.end + _BESIDE]
    beside = key(after if after.startswith("の") else line[max(0, figure.start - _BESIDE) : figure.start])
    return any(s in beside for s in spellings)


def _is_counted(name: str, counted: str) -> bool:
    """Whether a term is what is to be counted, or a part of its name; in English by the stems of the words."""
    if name.isascii():
        return bool(_stems(name) & _stems(counted))
    return bool(counted) and (name in counted or name.endswith(counted))


def _stems(name: str) -> frozenset[str]:
    return frozenset(stem_english(word) for word in key(name).replace("-", "").split())


def _wanted(question: Question) -> frozenset[str]:
    """The units that count what is asked for; empty where any may."""
    counter = question.counter
    return _COUNTERS.get(counter, frozenset({counter})) if counter else counters_of(question.counted)


def _counts(figure: Figure, line: str, wanted: frozenset[str]) -> bool:
    if figure.kind == "number":
        return line[figure.end :].startswith("人分") or _is_bare(figure, line, wanted)
    return figure.kind == "count" and (not wanted or figure.unit in wanted)


def _is_bare(figure: Figure, line: str, wanted: frozenset[str]) -> bool:
    """Whether a number stands as the cells of a table do, which carry no counter: it is no place, and the head of its
    column names no other thing.
    """
    before, after = line[: figure.start].rstrip(" "), line[figure.end :].lstrip(" ")
    is_cell = before[-1:] in ("", "\t", "\n") and after[:1] in ("", "\t", "\n")
    if not is_cell and "," not in line[figure.start : figure.end]:
        return False
    if any(f.kind == "rank" and f.start <= figure.start < f.end for f in column_figures(line)):
        return False
    heads = (
        h for row in table_rows(line) for c, h in zip(row.cells, row.heads, strict=True) if c[0] <= figure.start < c[1]
    )
    column = _HEAD_OF_COUNT.sub("", next(heads, ""))
    return bool((counters_of(column) or {*_OF_CELLS, column}) & wanted) or not wanted


def _bodies(text: str, sort: str) -> Iterator[str]:
    """The names of organisations in `text`, only those of the `sort` that is asked for where one is."""
    endings = _ENDINGS.get(sort, (sort,))
    for match in _ORGANISATION.finditer(text):
        if match[0].endswith(endings) and not _GENERAL.fullmatch(match[0]):
            yield match[0]
    if "大学" in endings or not sort:
        yield from (match[0] for match in _UNIVERSITY.finditer(text))
    if not sort:
        yield from (match[0] for match in _ACRONYM.finditer(text))


def _places(text: str) -> Iterator[str]:
    yield from (text[t.start : t.end] for t in tokenize(text) if t.part[2] == "地名")


def _countries(text: str) -> Iterator[str]:
    yield from _places(text)
    yield from _COUNTRIES.findall(text)


def _names_a_person(text: str, question: Question) -> bool:
    asked = key(question.text)
    return any(_is_name(t, text) and key(text[t.start : t.end]) not in asked for t in tokenize(text))


def _is_name(token: Token, text: str) -> bool:
    """The dictionary takes ハブ and グラフ for names of people too: one in katakana has to be followed by what makes it
    one, one in Latin letters to have a capital."""
    name = text[token.start : token.end]
    return token.part[2] == "人名" and bool(_KANJI.search(name) or _CALLED.match(text, token.end) or name.istitle())


def _names_an_actor(text: str, question: Question) -> bool:
    asked = key(question.text)
    return any(key(name) not in asked for name in (*_bodies(text, ""), *_ACTOR.findall(text)))


def _names_an_office(text: str, question: str) -> bool:
    """Whether an office answers who: any where the question names none, and a minister's full title where it asks for a
    minister without saying of what.
    """
    if asked := _WHICH_OFFICE.search(question):
        office = asked[1] or "大臣"
        titles = re.findall(rf"[\u4e00-\u9fff]{{2,}}{office}", text)
        return any(title not in question for title in titles)
    names_office = _OFFICE.search(question) or "minister" in question.lower()
    return not names_office and bool(_OFFICE.search(text))


def _expands(text: str, question: Question) -> bool:
    """Whether an abbreviation or a name of the question stands beside a bracket, a colon or an equals sign, how a text
    expands it, spelled out by its initials, or in a row under heads that announce a short name and a name.
    """
    if "\t" in text and _SHORT_NAME.search(text):
        if _row_names(text, question):  # which may call what it asks about an abbreviation
            return True
        asked = key(question.text)
        asks_for_it = _SHORT_NAME.search(question.text) and not _FULL_NAME.search(question.text)
        return bool(asks_for_it) and any(key(m[0]) not in asked for m in _ABBREVIATION.finditer(text))
    folded = key(text)
    words = [re.escape(spelling) for term in question.terms for spelling in term.alternatives]
    return spells_out(text, question) or any(re.search(rf"[(「]{w}[)」]|{w}[(:=]", folded) for w in words)


def _row_names(text: str, question: Question) -> bool:
    """Whether a row with an abbreviation of the question gives its name, in English where that is asked for."""
    spellings = {s for t in question.terms for s in t.alternatives}
    name = _ENGLISH_NAME if _IN_ENGLISH.search(question.text) else _ANY_NAME
    for row in table_rows(text):
        cells = [text[start:end].strip() for start, end in row.cells]
        short = [c for c, head in zip(cells, row.heads, strict=True) if _SHORT_NAME.search(head)]
        if any(key(c) in spellings for c in short) and any(name.fullmatch(c) for c in cells if c not in short):
            return True
    return False


def spells_out(text: str, question: Question) -> bool:
    """Whether words in `text` begin with the letters of an abbreviation of the question, in their order."""
    letters = [t.text.upper() for t in question.terms if t.is_name and _CAPITALS.fullmatch(t.text)]
    for match in _LATIN_WORDS.finditer(text) if letters else ():
        initials = "".join(word[0] for word in re.findall(r"[A-Za-z]+", match[0])).upper()
        if any(_in_order(short, initials) for short in letters):
            return True
    return False


def _in_order(short: str, initials: str) -> bool:
    rest = iter(initials)
    return initials[:1] == short[0] and all(letter in rest for letter in short)
