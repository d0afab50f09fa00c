"""The chat page over the library of `LSQA_HOME`: `python app.py` is `lsqa ui`."""

from lsqa.cli.program import run

if __name__ == "__main__":
    run(["ui"])
