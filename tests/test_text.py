import pytest

from lsqa.text import detect_language, fold, fold_with_offsets, locate, sentence_spans


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("４３億円", "43億円"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("か\u3099ん", "がん"),
        ("⻑期", "長期"),
        ("髙橋", "高橋"),
        ("民間  \n資金獲得", "民間資金獲得"),
        ("①利活用", "1利活用"),
        ("令和３〜７年", "令和3～7年"),
        ("㍿", "株式会社"),
    ],
)
def test_width_compatibility_white_space_and_variants_fold_alike(a: str, b: str) -> None:
    assert fold(a) == fold(b)


@pytest.mark.parametrize(("a", "b"), [("43億円", "43万円"), ("B-cure", "B-Cure"), ("する。", "する"), ("は", "ば")])
def test_anything_else_does_not_fold_alike(a: str, b: str) -> None:
    assert fold(a) != fold(b)


@pytest.mark.parametrize("text", ["か\u3099 ｶﾞ㍿⻑", "A\u0301 b", "", " \n", "①②③ 43 億円"])
def test_every_folded_character_points_at_the_source_that_folds_to_it(text: str) -> None:
    folded = fold_with_offsets(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    for i, character in enumerate(folded.text):
        assert character in fold(text[folded.starts[i] : folded.ends[i]])


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("1,000万円", "予算は１，０００万円"),
        ("民間資金獲得", "起業直後VC等の民間  \n資金獲得を目指す"),
        ("ガイド", "このｶﾞｲﾄﾞは"),
        ("長期", "⻑期的"),
        ("34", "12 34 56"),
        ("24,934", "中国\t24,934"),
    ],
)
def test_a_quote_is_located_and_its_span_folds_back_to_it(quote: str, text: str) -> None:
    ((start, end),) = locate(quote, text)
    assert fold(text[start:end]) == fold(quote)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("1,000万円", "21,000万円"),
        ("000万円", "5,000万円"),
        ("5", "5,000万円"),
        ("5,000", "5,000万円"),
        ("7年度", "令和17年度"),
        ("4%", "6.4%"),
        ("6", "6.4%"),
        ("5,000万円", "1,000万円"),
        ("令和7年度", "令和5年度"),
        ("しなければならない", "努めなければならない"),
        ("", "何か"),
        (" ", "何か"),
    ],
)
def test_a_quote_that_is_not_there_or_cuts_a_number_is_not_located(quote: str, text: str) -> None:
    assert locate(quote, text) == ()


def test_every_place_is_found() -> None:
    assert len(locate("43億円", "予算額 43億円\n(前年度予算額 43億円)")) == 2


def test_sentences_end_at_marks_and_line_breaks_with_closing_brackets() -> None:
    text = "甲である。「乙だ。」と言う\n丙 \n\n丁！ A is 1.5 m. B is not"
    assert [text[a:b] for a, b in sentence_spans(text)] == [
        "甲である。",
        "「乙だ。」",
        "と言う",
        "丙",
        "丁！",
        "A is 1.5 m.",
        "B is not",
    ]


@pytest.mark.parametrize(
    ("text", "language"), [("What is B-cure?", "en"), ("B-cureとは", "ja"), ("ｶﾞ", "ja"), ("", "en")]
)
def test_language_is_japanese_where_any_japanese_stands(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("It belongs to NASA. The next one does not.", "It belongs to NASA."),
        ("The figures are by the OECD. “They” are new.", "The figures are by the OECD."),
        ("It runs on GPT-4. The next one does not.", "It runs on GPT-4."),
        ('They call it "the light". Nobody knows why.', 'They call it "the light".'),
        ("They call it “the light.” Nobody knows why.", "They call it “the light.”"),
        ("It is old (very old). Nobody knows why.", "It is old (very old)."),
        # No end: an initial, a number, an abbreviation.
        ("The port of J. Brown is old. So is he.", "The port of J. Brown is old."),
        ("It follows U.S. Policy on ports. So do we.", "It follows U.S. Policy on ports."),
        ("See No. A of the list. Then go on.", "See No. A of the list."),
        ("Some ports, e.g. Naha, are old. Others are not.", "Some ports, e.g. Naha, are old."),
        ("It was built by Prof. Ito. He is old.", "It was built by Prof. Ito."),
        ("It costs 1.5 million. No. 3 is cheaper.", "It costs 1.5 million."),
    ],
)
def test_an_english_sentence_ends_behind_acronyms_and_quotations_and_not_behind_abbreviations(
    text: str, first: str
) -> None:
    start, end = sentence_spans(text)[0]
    assert text[start:end] == first
