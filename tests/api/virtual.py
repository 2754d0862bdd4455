"""Kernels that run in virtual time, until the last one is done."""

from __future__ import annotations

from benchmarks.pacing import Kernel, World


def run(world: World, *kernels: Kernel, apart: float = 0.0) -> float:
    for number, kernel in enumerate(kernels):
        world.start(kernel.work(apart * number))
    return world.run(lambda: all(kernel.done for kernel in kernels))
