"""`python -m api.cli`, for where the command itself is not on the path."""

from api.cli import main

main()
