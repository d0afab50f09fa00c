"""`python -m training`; the steps live in a module of their own, which the processes of the training import."""

from training.steps import main

if __name__ == "__main__":
    main()
