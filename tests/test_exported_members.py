"""The names that other programs import. Adding one is a decision; losing one breaks somebody."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import lsqa

DATA = {".toml", ".jinja", ".css", ".js"}


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


def test_the_built_package_is_typed_and_has_its_data(tmp_path: Path) -> None:
    """Whatever `pip install` gets of it."""
    project = Path(__file__).parent.parent
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        if (project / name).exists():
            shutil.copy(project / name, tmp_path)
    shutil.copytree(project / "src", tmp_path / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    build = "from setuptools.build_meta import build_wheel; build_wheel('built')"
    done = subprocess.run([sys.executable, "-c", build], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "built").glob("lsqa-*.whl")
    with zipfile.ZipFile(wheel) as package:
        names = set(package.namelist())
    assert "lsqa/py.typed" in names
    source = project / "src"
    data = {
        p.relative_to(source).as_posix()
        for p in (source / "lsqa").rglob("*")
        if p.suffix in DATA or p.name == "py.typed"
    }
    assert data <= names
