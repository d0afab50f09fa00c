"""`python -m lsqa` is `lsqa`."""

from lsqa.cli import main

if __name__ == "__main__":
    main()
