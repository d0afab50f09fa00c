import re
import time
import tomllib
from collections import Counter
from importlib.resources import files
from itertools import pairwise

import pytest

from lsqa.lexicon import japanese_terms, synonyms
from lsqa.relevance import stands_in
from lsqa.text import fold
from lsqa.tokens import tokenize

DATA = tomllib.loads(files("lsqa").joinpath("lexicon.toml").read_text(encoding="utf-8"))
ENTRIES = [line.split(" = ") for block in DATA["english"].values() for line in block.splitlines()]
GROUPS: list[list[str]] = DATA["synonyms"]


def english(text: str) -> list[str]:
    return [t.english for t in japanese_terms(text)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("the supplementary budget", ["supplementary budget"]),
        ("a budget, then a supplement", ["budget"]),
        ("clinical trial", ["clinical trial"]),
        ("Ministry of Health, Labour and Welfare", ["ministry of health, labour and welfare"]),
        ("ministry of health", ["ministry of health"]),
        ("basic research budget request", ["basic research", "budget request"]),
    ],
)
def test_the_longest_term_wins_and_terms_do_not_overlap(text: str, terms: list[str]) -> None:
    assert english(text) == terms


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("universities", "university"),
        ("Hubs", "hub"),
        ("viruses", "virus"),
        ("start-ups", "start-up"),
        ("startups", "start-up"),
        ("start up", "start-up"),
        ("clinical trials", "clinical trial"),
        ("certified", "certify"),
        ("certifies", "certify"),
        ("increased", "increase"),
        ("planning", "plan"),
        ("foreign nationals", "foreign national"),
        ("the ministry's", "ministry"),
        ("Alzheimer’s disease", "alzheimer's disease"),
        ("Tōhoku University", "tohoku university"),
        ("Ph.D. students", "phd student"),
        ("ＡＭＥＤ", "amed"),
        ("supplementary\nbudget", "supplementary budget"),
        ("kicked off", "kick-off"),
        ("handed over", "hand-over"),
        ("the handover", "hand-over"),
        ("headed by", "headed by"),
        ("sets aside", "set aside"),
        ("from bench to bedside", "bench to bedside"),
        ("rolled out", "roll-out"),
    ],
)
def test_plurals_verb_endings_hyphens_and_accents_are_one_term(text: str, term: str) -> None:
    assert english(text) == [term]


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("centre", "center"),
        ("programmes", "programs"),
        ("standardise", "standardize"),
        ("standardisation", "standardization"),
        ("utilised", "utilized"),
        ("analysing", "analyzing"),
        ("labour", "labor"),
        ("tumours", "tumors"),
        ("paediatric", "pediatric"),
        ("leukaemia", "leukemia"),
        ("licence", "license"),
        ("defence", "defense"),
        ("enrolment", "enrollment"),
        ("minister of defence", "minister of defense"),
    ],
)
def test_british_and_american_spellings_are_one_term(british: str, american: str) -> None:
    assert english(british) == english(american)
    assert len(english(british)) == 1


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Tell us who sees it", []),
        ("the US, the WHO and IT", ["US", "WHO", "IT"]),
        ("the U.S. budget", ["US", "budget"]),
        ("it may not", []),
        ("not a note", ["note"]),
        ("the trends of basic. Research", ["trend", "research"]),
    ],
)
def test_everyday_words_are_no_names_and_no_term_spans_two_sentences(text: str, terms: list[str]) -> None:
    assert english(text) == terms


@pytest.mark.parametrize(
    "text", ["Which 大学 leads the start-ups?", "  U.S. hospitals’ iPS cells, ﬁ 𠮷 centres", "ＡＭＥＤ budget"]
)
def test_spans_point_at_the_matched_words_of_the_text_as_given(text: str) -> None:
    found = japanese_terms(text)
    assert found
    assert [english(text[t.start : t.end]) for t in found] == [[t.english] for t in found]
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "'s", ".", "\u0301", "ō\u0304", "\ud800", "aeaeae", "0", "予算はいくら", "e" * 50_000]
)
def test_odd_input_has_no_terms_and_no_error(text: str) -> None:
    assert japanese_terms(text) == ()
    assert isinstance(synonyms(text), tuple)


def test_every_entry_is_found_by_its_own_spelling_so_no_two_entries_are_one() -> None:
    assert [term for term, _ in ENTRIES if english(term) != [term]] == []


def test_no_term_stands_twice_and_none_repeats_a_translation() -> None:
    assert [term for term, n in Counter(term for term, _ in ENTRIES).items() if n > 1] == []
    assert [term for term, words in ENTRIES if len(set(words.split(", "))) < len(words.split(", "))] == []
    assert len(ENTRIES) >= 650


def test_every_translation_is_japanese_or_a_latin_name_used_in_japanese() -> None:
    japanese = re.compile(r"[ぁ-ヿ一-鿿]")
    abbreviation = re.compile(r"[A-Za-z0-9&-]*[A-Z][A-Za-z0-9&-]*")
    words = {w for _, words in ENTRIES for w in words.split(", ") if not japanese.search(w)}
    assert {w for w in words if not abbreviation.fullmatch(w) or len(w) > 8} == {"%", "Society 5.0"}


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("お金", "予算額"),
        ("ねらい", "目的"),
        ("大学院生", "院生"),
        ("落ち込み", "減少"),
        ("伸びる", "増加"),
        ("もらう", "支援"),
        ("略語", "略称"),
        ("スパコン", "スーパーコンピュータ"),
        ("ＡＩ", "人工知能"),
        ("kpi", "指標"),
        ("衰える", "低下"),
        ("広げる", "拡充"),
        ("集める", "収集"),
        ("集める", "集め"),  # 集めた stands in a text by its stem
        ("手引き", "ガイドライン"),
        ("手薄", "不足"),
        ("値上がり", "物価上昇"),
        ("頼る", "依存"),
        ("引き渡す", "導出"),
        ("立ち上げる", "発足"),
        ("もらえる", "支給"),
        ("飲み薬", "経口薬"),
        ("ばい菌", "細菌"),
        ("割り算", "比率"),
        ("心臓", "循環器"),
    ],
)
def test_spoken_words_and_other_widths_find_the_written_word(word: str, other: str) -> None:
    assert other in synonyms(word)
    assert word not in synonyms(word)


@pytest.mark.parametrize(
    ("word", "opposite"),
    [
        ("増加", "減少"),
        ("増", "減"),
        ("上昇", "低下"),
        ("増額", "減額"),
        ("拡大", "縮小"),
        ("強化", "緩和"),
        ("最大", "最小"),
        ("最多", "最少"),
        ("上限", "下限"),
        ("開始", "終了"),
        ("設立", "廃止"),
        ("目標", "成果"),
        ("課題", "成果"),
        ("当初予算", "補正予算"),
        ("要求額", "当初予算"),
        ("申請", "採択"),
        ("代表機関", "参画機関"),
        ("非臨床試験", "臨床試験"),
        ("国内", "海外"),
        ("企業", "大学"),
        ("患者", "医師"),
        ("派遣", "招へい"),
        ("義務", "禁止"),
        ("女性", "男性"),
        ("企業", "機関"),
        ("研究者", "医師"),
        ("予算額", "要求額"),
        ("減少", "割合"),
        ("延期", "延長"),
        ("応募", "採択"),
        ("委託", "受託"),
        ("輸入", "輸出"),
        ("研究費", "研究開発費"),
        ("中間とりまとめ", "最終とりまとめ"),
        ("経口薬", "注射薬"),
        ("平時", "有事"),
    ],
)
def test_no_group_joins_opposites_or_things_that_documents_keep_apart(word: str, opposite: str) -> None:
    assert opposite not in synonyms(word)
    assert word not in synonyms(opposite)
    assert not [g for g in GROUPS if any(word == w for w in g) and any(opposite == w for w in g)]


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("矛盾", "いずれ"),  # not by ずれ
        ("強み", "不得意"),
        ("是正", "改正する"),
        ("撤廃", "解消する"),
        ("借入金", "ドローン"),
        ("専門家", "プロジェクト"),
        ("引き上げ", "スタートアップ"),
        ("派遣", "見送る"),
        ("細菌", "抗菌薬"),
        ("共有", "シェア"),
        ("首位", "11位"),
        ("加算", "不足する"),
    ],
)
def test_no_other_spelling_stands_inside_an_unlike_word(asked: str, written: str) -> None:
    assert [s for s in synonyms(asked) if stands_in(fold(s).lower(), fold(written).lower())] == []


def test_groups_are_folded_hold_no_figures_and_repeat_nothing() -> None:
    assert len(GROUPS) >= 60
    assert [w for g in GROUPS for w in g if fold(w) != w] == []
    assert [w for g in GROUPS for w in g if re.search(r"\d", w) and not w.startswith(("1", "COVID", "CO2"))] == []
    assert [g for g in GROUPS if len(set(g)) < max(2, len(g))] == []


@pytest.mark.parametrize("word", ["ねらい", "取り組み", "子ども", "がん", "いくら", "引越し", "手続き", "招へい"])
def test_the_normalised_form_of_a_word_finds_the_same_group(word: str) -> None:
    (token,) = tokenize(word)
    assert {token.form, *synonyms(token.form)} >= {word, *synonyms(word)}


def test_a_question_of_ten_thousand_characters_takes_milliseconds() -> None:
    text = ("What is the supplementary budget for start-ups led by women researchers? " * 140)[:10_000]
    japanese_terms(text)
    started = time.process_time()
    found = japanese_terms(text)
    assert time.process_time() - started < 0.1
    assert len(found) > 500
