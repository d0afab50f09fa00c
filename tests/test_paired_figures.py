"""Several names with their figures in one sentence: in other words too, a figure is that of its own name alone."""

from collections import Counter

import pytest
from tests.paired_figures import corpus_names, paired

from lsqa.citations import check
from lsqa.statements.differences import differences

SEEDS = (1, 2, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_of_another_name_is_rejected(seed: int) -> None:
    cases = paired(400, seed, swapped=True)
    passed = [(c.claim.text, c.change) for c in cases if check([c.claim], [c.evidence])[0].verdict == "supported"]
    assert passed == []


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_of_their_own_name_are_accepted_in_other_words(seed: int) -> None:
    cases = paired(400, seed, swapped=False)
    verdicts = Counter(check([c.claim], [c.evidence])[0].verdict for c in cases)
    assert verdicts["supported"] >= 0.98 * len(cases)


def test_the_names_are_many_and_of_both_scripts() -> None:
    found = corpus_names()
    assert len(found) >= 40
    assert 10 <= sum(name.isascii() for name in found) <= len(found) - 10


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("K-cureの予算は38億円です", "B-cureは38億円、K-cureは43億円"),
        ("K-cureの予算は38億円", "38億円をB-cureに、43億円をK-cureに配分する。"),
        ("B-cureとK-cureの予算は38億円", "B-cureは38億円、K-cureは43億円"),
        ("B-cureは81億円", "B-cureは38億円、K-cureは43億円、合計81億円"),
        ("中国は10位", "論文数は日本が10位、中国が2位である。"),
        ("企業は38人", "大学は38人、企業は43人"),
        ("札幌市の学校は5校である", "参加校は札幌市が3校、仙台市が5校である。"),
        ("3.8 billion yen went to K-cure.", "B-cureは38億円、K-cureは43億円"),
        ("K-cure received 3.8 billion yen.", "B-cure and K-cure received 3.8 and 4.3 billion yen, respectively."),
        ("Kyoto University has 5 sites.", "Osaka University has 5 sites and Kyoto University 3 sites."),
    ],
)
def test_a_figure_of_another_thing_of_the_sentence(claim: str, quote: str) -> None:
    assert differences(claim, [quote]) != ()


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("B-cureとK-cureの合計は81億円", "B-cureは38億円、K-cureは43億円、合計81億円"),
        ("文部科学省は43億円を計上した", "文部科学省はB-cureに38億円、K-cureに43億円を計上した。"),
        ("B-cureの執行額は30億円", "B-cureは予算が38億円、執行額が30億円である。"),
        ("日本は特許数で2位", "日本の論文数は10位、特許数は2位である。"),
        ("K-cureに43億円、B-cureに38億円", "38億円をB-cureに、43億円をK-cureに配分する。"),
        ("K-cureの予算は43億円", "43億円のK-cureと38億円のB-cureを進める。"),
        ("K-cureの予算は43億円", "B-cure（令和7年度、38億円）とK-cure（43億円）を進める。"),
        ("B-cureの予算は令和6年度が38億円", "B-cureは、令和6年度が38億円、令和7年度が43億円である。"),
        ("K-cure received 4.3 billion yen.", "B-cure and K-cure received 3.8 and 4.3 billion yen, respectively."),
        (
            "B-cure was given 3.8 billion yen.",
            "The state gave 3.8 billion yen to B-cure and 4.3 billion to K-cure.",
        ),
        ("Osaka University has 5 sites.", "Osaka University has 5 sites and Kyoto University 3 sites."),
    ],
)
def test_a_figure_of_its_own_thing_of_the_sentence(claim: str, quote: str) -> None:
    assert differences(claim, [quote]) == ()
