"""The kinds of environments, by the names that the command line and the settings know."""

from typing import Literal

EnvironmentName = Literal["language-server", "leandojo"]

DEFAULT_ENVIRONMENT: EnvironmentName = "language-server"
