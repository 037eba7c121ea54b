"""On which device a model runs: `auto`, `cpu`, `cuda`, `cuda:N`."""

import re

from tools.errors import ExitCode, QedError
from tools.progress.libraries import library

AUTO = "auto"
_DEVICE = re.compile(r"auto|cpu|cuda(:(?P<index>[0-9]+))?")


def checked_device(name: str) -> str:
    """The device that a name means on this machine: `cpu`, `cuda` or `cuda:N`; `auto` takes CUDA where there is any.

    Raises `QedError` for a name that is none (usage) and for a CUDA device that is not there.
    """
    match = _DEVICE.fullmatch(name)
    if match is None:
        raise QedError(f"no such device: {name}", hint="auto, cpu, cuda, cuda:N", exit_code=ExitCode.USAGE)
    if name == "cpu":
        return name
    cuda = library("torch").cuda
    count: int = cuda.device_count() if cuda.is_available() else 0
    if name == AUTO:
        return "cuda" if count else "cpu"
    if int(match["index"] or 0) >= count:
        there = f"the devices here are cuda:0 to cuda:{count - 1}" if count else "torch sees no CUDA device here"
        raise QedError(
            f"{name} cannot be used: {there}",
            hint="`auto` and `cpu` work everywhere; a torch built for the CPU alone never sees CUDA.",
            exit_code=ExitCode.DEVICE_NOT_FOUND,
        )
    return name
