"""`python -m localytics` is the same as `localytics`."""

from localytics.cli import main

if __name__ == "__main__":
    main()
