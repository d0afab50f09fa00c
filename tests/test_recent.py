"""What is kept in memory: the most recently used, within its bound."""

from lsqa.recent import RecentlyUsed


def test_what_was_not_used_for_longest_goes_first() -> None:
    kept: RecentlyUsed[str, int] = RecentlyUsed(30)
    for number, key in enumerate("abc"):
        kept.put(key, number, 10)
    assert kept.get("a") == 0
    kept.put("d", 3, 10)
    assert [kept.get(key) for key in "abcd"] == [0, None, 2, 3]
    assert kept.size == 30


def test_one_that_is_put_again_counts_once() -> None:
    kept: RecentlyUsed[str, int] = RecentlyUsed(30)
    kept.put("a", 0, 20)
    kept.put("a", 1, 10)
    kept.put("b", 2, 20)
    assert (kept.get("a"), kept.get("b"), kept.size) == (1, 2, 30)


def test_the_last_is_kept_even_where_it_is_too_large() -> None:
    kept: RecentlyUsed[str, int] = RecentlyUsed(10)
    kept.put("a", 0, 5)
    kept.put("b", 1, 100)
    assert (kept.get("a"), kept.get("b"), kept.size) == (None, 1, 100)
