import pytest

from lsqa.tokens import bigrams, figure_tokens, index_tokens, stem_english, tokenize, words


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("引越し", "引っ越し"),
        ("サーバー", "サーバ"),
        ("hubs", "hub"),
        ("Ｂ－ｃｕｒｅ", "b-cure"),
        ("バイオ\nバンク", "バイオバンク"),
    ],
)
def test_spellings_of_one_word_become_one_token(a: str, b: str) -> None:
    assert [t.form for t in tokenize(a)] == [t.form for t in tokenize(b)]


@pytest.mark.parametrize("text", ["予算", "経済産業大臣が認定する", "Human Resource", "河岡 義裕（UTOPIA）"])
def test_every_token_points_at_the_words_it_came_from(text: str) -> None:
    tokens = tokenize(text)
    assert tokens
    assert all(text[t.start : t.end].strip() for t in tokens)


def test_particles_and_punctuation_are_no_tokens() -> None:
    assert [t.form for t in tokenize("予算は、いくらですか。")] == ["予算", "幾ら"]


def test_a_word_of_the_dictionary_knows_its_short_units() -> None:
    (word,) = words("経済産業大臣")
    assert [t.form for t in word.parts] == ["経済", "産業", "大臣"]


@pytest.mark.parametrize(("a", "b"), [("令和7年度", "FY2025"), ("43億円", "4.3 billion yen"), ("R6年9月", "2024年9月")])
def test_a_figure_is_one_token_in_every_spelling(a: str, b: str) -> None:
    assert figure_tokens(a) == figure_tokens(b) != ()
    assert set(figure_tokens(a)) <= set(index_tokens(a))


def test_bigrams_ignore_width_case_and_white_space() -> None:
    assert bigrams("Ａ b") == ["ab"]
    assert bigrams("a") == []


@pytest.mark.parametrize(
    ("word", "stem"), [("Studies", "study"), ("hubs", "hub"), ("status", "status"), ("class", "class")]
)
def test_english_endings(word: str, stem: str) -> None:
    assert stem_english(word) == stem


def test_a_text_longer_than_the_tokenizer_takes_is_read_whole() -> None:
    assert sum(t.form == "予算" for t in tokenize("予算と" * 20_000)) == 20_000
