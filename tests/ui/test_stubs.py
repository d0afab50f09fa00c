"""Gradio as the page imports it writes no type stubs."""

import subprocess
import sys
from pathlib import Path

_COMPONENT = """\
import gradio as gr


class Plan(gr.Textbox):
    pass
"""
_PROGRAM = """\
import sys
sys.path.insert(0, sys.argv[1])
import lsqa.ui.page
import plan
assert plan.Plan(label="x").label == "x"
"""


def test_the_page_writes_no_type_stubs(tmp_path: Path) -> None:
    """Not even of a component that has none yet, beside which Gradio alone makes one."""
    (tmp_path / "plan.py").write_text(_COMPONENT)
    subprocess.run([sys.executable, "-B", "-c", _PROGRAM, tmp_path], check=True)
    assert [path.name for path in tmp_path.iterdir()] == ["plan.py"]
