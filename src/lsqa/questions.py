"""What a question asks: the words an answer must be about, the figures it takes for granted, the kind of thing it asks for.

All of it is read from the question's own surface: words by Sudachi, figures by `figures`, the kind asked for by the interrogatives of both
languages. English words are given their Japanese counterparts from the lexicon, so that an English question can be held against a Japanese
slide.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from lsqa.errors import QuestionError
from lsqa.figures import Figure, find_figures
from lsqa.lexicon import japanese_terms, synonyms
from lsqa.text import Language, Span, detect_language, spaced_with_offsets
from lsqa.tokens import Token, Word, stem_english, tokenize, words

MAX_QUESTION_CHARACTERS = 8_000

AskedKind = Literal[
    "amount", "date", "day", "period", "person", "percent", "count", "rank", "multiple", "organisation", "reason", "expansion"
]

_ASKED: tuple[tuple[AskedKind, str], ...] = (
    ("amount", r"いくら|何[億兆万千]*円|(?:予算|総額|金額|要求額|補正|経費|費用|支援額|上限額|額)(?:額|規模)?(?:は|を|って|も|と[はを]|、|について|[？?。]|$|教|知|合計)|how (?:much|big|large)|\bbudgets? (?:of|for|is|was|did|has)|what (?:is|was|were) .{0,40}\b(?:budget|funding)|\bcosts?\b|amount of money|allocated"),
    ("date", r"いつ(?!から|まで)|何年度?(?!間|から|続|の間)|何月|時期|発表年|\bwhen\b|what year|(?:which|what) (?:fiscal )?year|what month|by when"),
    ("day", r"何月何日|何日|日付|年月日|(?:された|した|の)日(?:は|を|って|[？?。]|$)|決定日|施行日|公布日|what date|which day|exact date"),
    ("period", r"期間|何年間|何年度?から|いつから|いつまで|何年続|何か?年計画|how long|\bperiods?\b|duration|how many years"),
    ("person", r"誰|だれ|どなた|どの(?:先生|研究者|教授|人|方)|氏名|人名|責任者|代表者の?名|who (?:is|leads|heads|led|directs|runs|chairs)|whose|(?:長|者|代表|教授|先生|大臣|リーダー|博士)の?(?:お?名前|氏名|名)|name of the (?:director|leader|head)"),
    ("percent", r"何[％%]|何パーセント|何割|割合は|割合を|比率は|どれくらい.*占め|what percent|percentage of|(?:what|which) (?:share|proportion|fraction)"),
    ("count", r"何[人件名校本社国]|何(?:機関|大学|か国|カ国|箇所|か所|ヶ所|拠点|種類|文献|報)|いくつ(?!か)|(?:人|件|本|回答|機関|校)数|how many|number of"),
    ("rank", r"何位|第何位|順位は|what rank|ranked?\b"),
    ("multiple", r"何倍|how many times|by what factor"),
    ("organisation", r"(?<!分野は)(?<!領域は)(?<!層は)(?<!国は)(?<!地域は)(?<!箇所は)(?<!部分は)(?<!点は)どこ(?:の|が|で|です|に|から|か|$|？|\?)|どちらの(?:機関|大学|組織|省)|(?:機関|大学|病院|団体|企業|法人|組織|国)(?:の?(?:名前|名称|一覧|リスト|名(?![一-龥]))|\s*(?:一覧|リスト)|を(?:列挙|挙げ|すべて|全て|全部))|どこどこ|どの(?:機関|大学|組織|省|局|課|センター|団体|研究所)|何(?:省|大学|局|課|機関|委員会)|(?:委員会|検討会|部会|会議|機関|大学|病院|省庁|省|センター|研究所)は[？?。]?$|(?:which|what) (?:organi[sz]ations?|universit|ministr|institut|bod(?:y|ies)|agency|agencies|hub|cent)"),
    ("reason", r"なぜ|何故|どうして|理由|原因|根拠|経緯|背景は|背景を|要因|\bwhy\b|reasons?\b|what caused"),
    ("expansion", r"何の略|略称|略語|正式名称|頭文字|フルネーム|stand[s]? for|acronym|abbreviat|full name"),
)  # fmt: skip
_ASKED_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _ASKED)
_COUNTER = re.compile(r"何(人|名|件|本|校|社|機関|大学|か国|カ国|ヶ国|箇所|か所|カ所|ヶ所|拠点|種類|課題|回|冊|編|報|票)")
_SORTS = "大学|病院|研究所|省|庁|局|課|企業|センター|委員会|検討会|部会|学会"
_WANTED = re.compile(r"(?:ほど|くらい|程度|ずつ|とも)?(?:を?(?:挙げ|教え|示し|答え|列挙|述べ|選ん)|あたり|当たり|ごと|以上挙げ)")
_BODY = re.compile(rf"(?:何|どの|どちらの)({_SORTS})|({_SORTS})(?:は|が|って|には|として)?(?:どこ|どれ|何という)|({_SORTS})(?:の?(?:名前|名称|一覧)|を(?:列挙|挙げ|すべて|全て|全部))")
_LIST = re.compile(
    r"挙げ|列挙|すべて|全て|全部|一覧|それぞれ|どんな|どのような|主な|例は|例を|何があ|何が含|含まれ|どこどこ|どれとどれ|内訳|種類|要素|何を指|"
    r"\blist\b|what (?:are|kinds?|measures|fields|items)|name (?:the|two|three)|\ball\b",
    re.IGNORECASE,
)
# What makes a text a question or a request; without any of it, it is a row of key words.
_ASKS = re.compile(r"[？?。]|か$|何|どう|どの|どれ|どこ|誰|いつ|いく[らつ]|なぜ|教え|知り|は$|って$|\b(?:who|what|when|where|which|why|how|is|are|does|did)\b", re.IGNORECASE)
_COMPARISON = re.compile(
    r"比べ|比較|対比|どちら|どっち|差は|違い|それぞれ|双方|両方|合計|どれとどれ|compare|versus|\bvs\b|difference|\bboth\b|which is (?:larger|more|higher|longer)",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"(?:資料|文書|ブリーフィング|報告書|文献)(?:の|を|は)(?:日付|題|タイトル|表題|作成|発行|公表|公開|出し|作っ|発表|まとめ|名前|名称)|"
    r"(?:この|本|当該)(?:説明)?(?:資料|文書|ブリーフィング|スライド)|\b(?:this|the) (?:briefing|document|deck|report)\b.*|(?:issued|published|dated?|title|wrote)\b.*\b(?:briefing|document|deck|report)\b",
    re.IGNORECASE,
)
# Figures of these kinds are taken for granted by whoever asks; a count in a question is mostly how many answers are wanted.
_PREMISE = frozenset({"amount", "percent", "rank", "fiscal_year", "year", "month", "date", "duration", "ordinal"})
_IDENTIFIER = re.compile(r"[①-⑳]|(?<![A-Za-z0-9])[A-Za-z][A-Za-z-]*\d+(?![A-Za-z0-9])")
_LATIN_NAME = re.compile(r"[①-⑳]|(?<![A-Za-z0-9])\d{0,2}[A-Za-z][A-Za-z0-9]*(?:[-&+./][A-Za-z0-9]+)*")

# Words that carry the question, not its subject; normal forms as Sudachi gives them.
_GENERIC_JA = frozenset(
    """為る 居る 有る 成る 言う 教える 知る 何 誰 何処 何時 幾ら 幾つ 何れ 何方 其れ 其の 此の 此れ 彼の 名前 名称 名 呼び名 事 物 者 方 所 様 等
    中 内 上 際 為 場合 場所 時 時期 時点 日付 年月日 全て 全部 一覧 夫々 主 主な 例 内容 下さい 御座る 頂く 願う 出来る 得る 見る 居る 挙げる 述べる 書く 記す 載る
    載せる 説明 紹介 列挙 回答 答え 資料 文書 文章 スライド 情報 詳しい 具体 具体的 どの様 如何 如何なる どう どんな 何故 理由 略 略称 略語 正式 意味 以下 以上 関する 対する
    就く 因る 従う 含む 含める 含まれる 示す 示される 指す 言える 人 一つ 二つ 三つ 的 性 化 達 氏 さん 先生 予定 現在 今 今年 昨年 数 額 位 年 月 日 年度 円 割合 パーセント 程 程度 位
    こと うち 内 あと 後 よう ため もの 図 表 グラフ 欄 図表 比較 実際 手立て 英語 日本語 和名 英名 項目 総額 全体 ％ 組み合わせ 並ぶ 至る 挙がる 当たる 関わる 目指す 令和 平成 昭和 西暦 元号 知らせる 知らせ 御知らせ お知らせ 伺う 教示 幸い 幸いだ 差し支え 差支え 問い合わせ ください 下さる やつ 踏む 世 一番 本 ついて 何らか 使う 用いる 行う 行なう 進める 取る 置く 出る 出す 持つ 入る 入れる 成す 占める 分かる 分る 欲しい 聞く 然う 共 迄 頃 先 他 其々 何々 経緯 背景 要因 原因 根拠 概要 箇所 箇条 略す 位置 付け 丸 此処 其処
    """.split()  # noqa: SIM905
)
# Nouns that say of what sort the answer is (which stage, what means, how large); the answer itself rarely repeats them.
_RELATIONAL_JA = frozenset(
    """段階 手段 手立て 規模 年数 相手 雑誌 掲載誌 データベース 方法 手法 やり方 種類 分野 領域 対象 目的 目標 狙い 役割 特徴 効果 影響 仕組み 仕組 体制 状況 現状 人数 件数 回数 見出し
    構成 要素 構成要素 組織 機関 団体 制度 措置 方策 対策 施策 条件 要件 基準 期限 時点 テーマ 動機 立場 主体 担当 部署 範囲 程度 水準 層 区分 分類 成果 結果 課題 問題 論点 点 面 側 形 柱 軸 根拠 法律 法令
    出典 出所 典拠 元 基 もと やつ 奴 数値 値 数字 単位 表記 見通し 見込み 見込 変化 推移 傾向 違い 差 関係 場面 局面 例 事例 候補 ユーザー 利用者 参加者 関係者 一番 最多 最大 最小 順番 順序 手順 流れ 取り組み 取組 取り纏め 考え 考え方 方針 方向 方向性
    """.split()  # noqa: SIM905
)
_RELATIONAL_EN = frozenset(
    """method stage step means way scale size category target purpose aim goal role feature effect measure field area subject theme motivation institution organisation organization body bodies
    journal database source basis share level rank compare comparison increase decrease approach activity initiative effort task issue challenge project programme program plan policy document
    weight happened report apply include contain want wish need become consider regard relate
    """.split()  # noqa: SIM905
)
_GENERIC_EN = frozenset(
    """a an the of in on at to for from by with and or is are was were be been being do does did done has have had having will would can could should may might
    this that these those it its they their them there which what who whom whose when where why how many much long often i me my we our you your please tell show give name list
    say said state stated mention mentioned describe described explain document documents slide slides briefing text according about into as not no any some each all both than then so if
    during between through over under per up out within one two three also such very get got make made take taken used use using called call kind kinds type types year years number
    amount fiscal fy japanese japan english stand stands short list main example examples full expected plan planned carry carried set
    """.split()  # noqa: SIM905
)
_NOMINAL = ("名詞", "接頭辞", "接尾辞", "形状詞")


@dataclass(frozen=True, slots=True)
class Part:
    """A word of a compound: folded spellings, any of which counts as the word, and the short units it is made of."""

    alternatives: tuple[str, ...]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A word or compound an answer has to be about.

    `alternatives` are folded, lower-case spellings, any of which counts as the term; `parts` are the words it is made of (one for a plain
    word). `importance` is 1 for what names something and less for verbs; `is_name` marks identifiers and proper names; `is_asked` what
    names the kind of thing asked for (予算額, 正式名称), which need not stand there by that name.
    """

    text: str
    alternatives: tuple[str, ...]
    parts: tuple[Part, ...]
    importance: float
    is_name: bool
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """`premises` are the figures the question takes for granted; `asked` the kinds of thing it asks for (may be empty).

    `counter` is the unit of the count asked for (何人 asks for 人), `body` the sort of organisation (どの大学 asks for 大学); both may be empty.
    """

    text: str
    language: Language
    terms: tuple[Term, ...]
    premises: tuple[Figure, ...]
    asked: frozenset[AskedKind]
    counter: str
    body: str
    wants_list: bool
    compares: bool
    about_document: bool


def check_question(text: str) -> str:
    """`text` stripped. Raises `QuestionError` where nothing is left or it is longer than `MAX_QUESTION_CHARACTERS`."""
    stripped = text.strip()
    if not stripped:
        raise QuestionError("the question is empty", hint="ask something, for example: lsqa ask 「B-cureの予算は？」")
    if len(stripped) > MAX_QUESTION_CHARACTERS:
        length = f"{len(stripped):,} characters"
        raise QuestionError(f"the question has {length}", hint=f"ask with at most {MAX_QUESTION_CHARACTERS:,} characters")
    return stripped


@lru_cache(maxsize=256)
def analyse(text: str) -> Question:
    """Read a question. Raises `QuestionError` for an empty or oversized one."""
    text = check_question(text)
    language = detect_language(text)
    figures = find_figures(text)
    # "the 1980s" is a time, not a year that has to stand there.
    premises = tuple(f for f in figures if _is_premise(text, f))
    names = _names(text, language, figures)
    taken = [(f.start, f.end) for f in figures] + [m.span() for m in names]
    terms = tuple(_plain_term(m[0], (key(m[0]),), 1.2, is_name=True) for m in names)
    terms += _english_terms(text, taken) if language == "en" else _japanese_terms(text, taken)
    return Question(
        text=text,
        language=language,
        terms=_mark_asked(_distinct(terms), text),
        premises=premises,
        asked=_asked(text),
        counter=_first(_COUNTER, text),
        body=_first(_BODY, text),
        wants_list=bool(_LIST.search(text)) or not _ASKS.search(text),
        compares=bool(_COMPARISON.search(text)),
        about_document=bool(_DOCUMENT.search(text)),
    )


def _asked(text: str) -> frozenset[AskedKind]:
    asked = frozenset(kind for kind, pattern in _ASKED_PATTERNS if pattern.search(text))
    # Whoever asks why 予算 fell asks for the reason, not for the amount.
    return frozenset({"reason"}) if "reason" in asked else asked


def _mark_asked(terms: tuple[Term, ...], text: str) -> tuple[Term, ...]:
    asking = {m[0] for _, pattern in _ASKED_PATTERNS for m in pattern.finditer(text)}
    return tuple(replace(t, is_asked=any(t.text in a for a in asking) and not t.is_name) for t in terms)


def _is_premise(text: str, figure: Figure) -> bool:
    """Whether a figure is taken for granted: not "the 1980s", and no count of the answers wanted (二つ挙げて)."""
    if figure.kind == "count":
        return figure.value > 1 and figure.unit not in ("", "つ", "個", "点", "例") and not _WANTED.match(text[figure.end :])
    return figure.kind in _PREMISE and figure.unit != "年代"


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return next((g for g in match.groups() if g), "") if match else ""


def _distinct(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    return tuple({t.alternatives: t for t in terms}.values())


# Folding drops white space; here a blank between Latin words stays, so that `ai` is a word in "AI x".
# ① is not the figure 1: circled numbers name items and are kept apart from digits.
_CIRCLED = {0x2460 + i: 0xE060 + i for i in range(20)}


def key(text: str) -> str:
    """The form in which terms are compared: folded, lower case, circled numbers apart."""
    return spaced_with_offsets(text.translate(_CIRCLED)).text.lower()


def _plain_term(text: str, alternatives: tuple[str, ...], importance: float, *, is_name: bool) -> Term:
    return Term(text, alternatives, (Part(alternatives, ()),), importance, is_name)


def _names(text: str, language: Language, figures: tuple[Figure, ...]) -> list[re.Match[str]]:
    """What names something by its very letters: TRIP2, ③, and in a Japanese question every Latin word (B-cure, iPS)."""
    pattern = _LATIN_NAME if language == "ja" else _IDENTIFIER
    return [m for m in pattern.finditer(text) if not any(f.start < m.end() and m.start() < f.end for f in figures)]


def _japanese_terms(text: str, taken: list[Span]) -> tuple[Term, ...]:
    terms: list[Term] = []
    run: list[Word] = []

    def close() -> None:
        content = [w for w in run if not _is_generic(text, w.token)]
        if content:
            terms.append(_compound(text, content))
        run.clear()

    for word in words(text):
        token = word.token
        nominal = token.part[0] in _NOMINAL and not _overlaps(token, taken)
        if run and (not nominal or run[-1].token.end != token.start):
            close()
        if nominal:
            run.append(word)
        elif token.part[0] in ("動詞", "形容詞") and token.form not in _GENERIC_JA and not _overlaps(token, taken):
            surface = text[token.start : token.end]
            terms.append(_plain_term(surface, _with_synonyms(token.form, surface), 0.4, is_name=False))
    close()
    return tuple(terms)


def _is_generic(text: str, token: Token) -> bool:
    surface = text[token.start : token.end]
    return token.form in _GENERIC_JA or surface in _GENERIC_JA or surface.startswith("何") or token.part[1] == "数詞"


def _overlaps(token: Token, spans: list[Span]) -> bool:
    return any(token.start < end and start < token.end for start, end in spans)


def _compound(text: str, content: list[Word]) -> Term:
    """The compound from its first to its last word that is not generic; its parts are those words."""
    surface = text[content[0].token.start : content[-1].token.end]
    names = any(w.token.part[1] == "固有名詞" for w in content) or any(c.isascii() and c.isalpha() for c in surface)
    form = content[0].token.form if len(content) == 1 else surface
    # 系 or 的 stands everywhere; the word before it is what names.
    naming = [w for w in content if w.token.part[0] not in ("接尾辞", "接頭辞")] or content
    parts = tuple(_part(text, w) for w in naming)
    # 採択 or 減少 say what happened to the thing asked about; they may stand there in other words.
    is_action = all(w.token.part[2] in ("サ変可能", "副詞可能", "サ変形状詞可能") for w in content)
    importance = 0.7 if is_action else 1.0
    if all(w.token.form in _RELATIONAL_JA or text[w.token.start : w.token.end] in _RELATIONAL_JA for w in content):
        importance = 0.5
    return Term(surface, _with_synonyms(form, surface), parts, importance, names and importance == 1.0)


def _part(text: str, word: Word) -> Part:
    surface = text[word.token.start : word.token.end]
    units = tuple(key(text[u.start : u.end]) for u in word.parts) if len(word.parts) > 1 else ()
    return Part(_with_synonyms(word.token.form, surface), units)


def _with_synonyms(form: str, surface: str) -> tuple[str, ...]:
    spellings = (surface, form, *synonyms(form), *synonyms(surface))
    return tuple(dict.fromkeys(key(s) for s in spellings))


def _translated(english: str, japanese: tuple[str, ...], importance: float, *, is_name: bool) -> Term:
    """A term of the lexicon; where its translation does not stand as a whole, the units it is made of may."""
    spellings = tuple(dict.fromkeys(key(s) for s in (*japanese, english)))
    units = tuple(key(japanese[0][t.start : t.end]) for t in tokenize(japanese[0]))
    return Term(english, spellings, (Part(spellings, units if len(units) > 1 else ()),), importance, is_name)


def _english_terms(text: str, taken: list[Span]) -> tuple[Term, ...]:
    terms: list[Term] = []
    for found in japanese_terms(text):
        if not any(found.start < end and start < found.end for start, end in taken):
            taken.append((found.start, found.end))
            if found.english.lower() not in _GENERIC_EN:
                relational = stem_english(found.english) in _RELATIONAL_EN or found.english in _RELATIONAL_EN
                is_name = found.start > 0 and all(w[0].isupper() for w in text[found.start : found.end].split() if len(w) > 3)
                terms.append(_translated(found.english, found.japanese, 0.5 if relational else 1.0, is_name=is_name))
    for match in re.finditer(r"[A-Za-z][A-Za-z0-9'’-]*", text):
        word = match[0]
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        if word.lower() not in _GENERIC_EN and stem_english(word) not in _GENERIC_EN:
            is_name = word[1:] != word[1:].lower() or (word[0].isupper() and match.start() > 0)
            spellings = tuple(dict.fromkeys((key(word), stem_english(word))))
            importance = 1.0 if is_name else 0.3 if stem_english(word) in _RELATIONAL_EN else 0.6
            terms.append(_plain_term(word, spellings, importance, is_name=is_name))
    return tuple(terms)
