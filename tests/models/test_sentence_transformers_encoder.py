import pytest

from lsqa.models.sentence_transformers_encoder import family_prefixes


@pytest.mark.parametrize(
    ("model", "prefixes"),
    [
        ("intfloat/multilingual-e5-large", ("query: ", "passage: ")),
        ("/models/multilingual-e5-base/", ("query: ", "passage: ")),
        ("intfloat/multilingual-e5-large-instruct", ("", "")),
        ("cl-nagoya/ruri-v3-310m", ("検索クエリ: ", "検索文書: ")),
        ("BAAI/bge-m3", ("", "")),
        ("sentence-transformers/all-MiniLM-L6-v2", ("", "")),
        ("someone/e50-model", ("", "")),
    ],
)
def test_prefixes_follow_the_family(model: str, prefixes: tuple[str, str]) -> None:
    assert family_prefixes(model) == prefixes
