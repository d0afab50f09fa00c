"""The names that other programs import. Adding one is a decision; losing one breaks somebody."""

import lsqa


def test_the_package_exports_what_it_promises() -> None:
    assert lsqa.__all__ == [
        "Answer",
        "Assistant",
        "Citation",
        "Claim",
        "DocumentFilter",
        "Hit",
        "LsqaError",
        "Turn",
        "__version__",
        "check",
    ]


def test_every_exported_name_is_there_and_no_other() -> None:
    assert all(getattr(lsqa, name) is not None for name in lsqa.__all__)
    assert not hasattr(lsqa, "Nothing")
