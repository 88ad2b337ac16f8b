"""One party of a workload on SPU (SEMI2K): `spu_party.py RANK JSON`, told by spu.ts; speaks as bench/lib/crew.ts wants.

The programs are those of bench/lib/workloads.ts in jax.numpy, whose inputs have the same shapes and ranges, and those of jax_models.py with the
same numbers. Timed: from shares of the inputs to shares of the result (Runtime.run), compilation left out.
"""

import json
import os
import pickle
import re
import resource
import sys
import time

import jax
import jax.numpy as jnp
import jax_models
import numpy as np
import spu
import spu.utils.frontend as frontend
from spu import libspu

jax.config.update("jax_enable_x64", True)


def logistic(batch, steps, rate):
    def run(x, y):
        batches = x.shape[0] // batch
        w = jnp.zeros(x.shape[1])
        for s in range(steps):
            at = (s % batches) * batch
            xb, yb = x[at : at + batch], y[at : at + batch]
            p = jax.nn.sigmoid(xb @ w)
            w = w - xb.T @ (p - yb) * (rate / batch)
        return w

    return run


def k_means(k, steps):
    def run(points):
        centres = points[:k]
        for _ in range(steps):
            distance = jnp.sum(centres * centres, 1) - 2 * (points @ centres.T)
            nearest = jnp.argmin(distance, 1)
            member = (nearest[:, None] == jnp.arange(k)).astype(jnp.float64)
            count = jnp.sum(member, 0)
            centres = (member.T @ points) / jnp.maximum(count, 1.0)[:, None]
        return centres

    return run


def train(x, y, a, b, batch=100, rate=0.5):
    for at in range(0, x.shape[0], batch):
        xb, yb = x[at : at + batch], y[at : at + batch]
        z = xb @ a
        positive = z > 0
        h = jnp.where(positive, z, 0.0)
        error = (jax.nn.softmax(h @ b, axis=1) - yb) * (rate / batch)
        back = jnp.where(positive, error @ b.T, 0.0)
        b = b - h.T @ error
        a = a - xb.T @ back
    return a, b


rng = np.random.default_rng(7)


def real(shape, lo, hi):
    return lambda: rng.uniform(lo, hi, shape)


def bit(n):
    return lambda: rng.integers(0, 2, n).astype(np.float64)


NETWORK = [real((784, 128), -0.08, 0.08), real((128, 10), -0.2, 0.2)]
PROGRAMS = {
    "multiply 1e5": (lambda x, y: x * y, [real(100_000, -100, 100)] * 2),
    "multiply 1e6": (lambda x, y: x * y, [real(1_000_000, -100, 100)] * 2),
    "less 1e5": (lambda x, y: x < y, [real(100_000, -100, 100)] * 2),
    "less 1e6": (lambda x, y: x < y, [real(1_000_000, -100, 100)] * 2),
    "equal 1e5": (lambda x, y: x == y, [real(100_000, -100, 100)] * 2),
    "divide 1e4": (lambda x, y: x / y, [real(10_000, 0.1, 8)] * 2),
    "exp 1e4": (jnp.exp, [real(10_000, -8, 8)]),
    "log 1e4": (jnp.log, [real(10_000, 0.01, 8)]),
    "sqrt 1e4": (jnp.sqrt, [real(10_000, 0.01, 8)]),
    "sigmoid 1e4": (jax.nn.sigmoid, [real(10_000, -8, 8)]),
    "matmul 512": (lambda a, b: a @ b, [real((512, 512), -1, 1)] * 2),
    "matmul 1024": (lambda a, b: a @ b, [real((1024, 1024), -1, 1)] * 2),
    "logistic 569x30": (logistic(569, 10, 0.5), [real((569, 30), -1, 1), bit(569)]),
    "logistic 1000x100": (logistic(100, 100, 0.5), [real((1000, 100), -1, 1), bit(1000)]),
    "logistic 40000x300": (logistic(4000, 10, 0.5), [real((40_000, 300), -1, 1), bit(40_000)]),
    "k-means 1000x2": (k_means(4, 5), [real((1000, 2), -4, 4)]),
    "network inference": (
        lambda x, a, b: jnp.argmax(jnp.maximum(x @ a, 0.0) @ b, 1),
        [real((100, 784), 0, 1)] + NETWORK,
    ),
    "network training": (
        train,
        [real((1000, 784), 0, 1), lambda: np.eye(10)[rng.integers(0, 10, 1000)]] + NETWORK,
    ),
    "sort 1e4": (jnp.sort, [lambda: rng.integers(0, 2**62, 10_000)]),
}


def say(answer):
    print(json.dumps(answer, separators=(",", ":")), flush=True)


def main():
    rank, job = int(sys.argv[1]), json.loads(sys.argv[2])
    is_model = job["name"] in jax_models.FUNCTIONS
    if is_model:
        program, inputs = jax_models.FUNCTIONS[job["name"]], jax_models.arguments(job["name"])
    else:
        program, make = PROGRAMS[job["name"]]
        inputs = [m() for m in make]
    config = libspu.RuntimeConfig(
        protocol=libspu.ProtocolKind.SEMI2K, field=getattr(libspu.FieldType, job["field"])
    )
    log = f"{job['folder']}/{rank}.log"
    if is_model:
        # Its account of what was sent is a line of its log.
        config.enable_pphlo_profile = True
        options = libspu.logging.LogOptions()
        options.enable_console_logger = False
        options.system_log_path = log
        libspu.logging.setup_logging(options)
    desc = libspu.link.Desc()
    desc.recv_timeout_ms = 600_000
    for i, address in enumerate(job["addresses"]):
        desc.add_party(f"p{i}", address)
    runtime = spu.Runtime(libspu.link.create_brpc(desc, rank), config)
    names = [f"in{i}" for i in range(len(inputs))]
    executable, _ = frontend.compile(
        frontend.Kind.JAX,
        program,
        inputs,
        {},
        names,
        [libspu.Visibility.VIS_SECRET] * len(inputs),
        lambda outs: [f"out{i}" for i in range(len(outs))],
    )
    io = spu.Io(len(job["addresses"]), config)
    for name, value in zip(names, inputs):
        runtime.set_var(name, share_of(io, value, name, rank, job))
    say({"ready": True})
    for word in sys.stdin:
        if word.strip() == "end":
            break
        clock = time.process_time if os.environ.get("BENCH_CLOCK") == "cpu" else time.perf_counter
        start = clock()
        runtime.run(executable)
        say({"seconds": clock() - start})
    report = {"rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
    if is_model:
        report |= sent(log)
        results = [runtime.get_var(name) for name in executable.output_names]
        if rank > 0:
            leave(f"{job['folder']}/results.{rank}", results)
        else:
            others = [found(f"{job['folder']}/results.{other}") for other in range(1, len(job["addresses"]))]
            report["error"] = error(program, inputs, [io.reconstruct(list(all)) for all in zip(results, *others)])
    say({"report": report})
    os._exit(0)  # its threads wait for the other party's goodbye


def sent(log):
    """Bytes and messages of the last run."""
    with open(log) as f:
        bytes, messages = re.findall(r"total send bytes (\d+),.* send actions (\d+),", f.read())[-1]
    return {"bytes": int(bytes), "messages": int(messages)}


def error(program, inputs, results):
    """The largest difference, absolute below 1 and relative above: bench/lib/error.ts."""
    want = program(*[np.asarray(x, np.float64) for x in inputs])
    want = want if isinstance(want, tuple) else (want,)
    return max(float(np.max(np.abs(r - w) / np.maximum(1, np.abs(w)))) for r, w in zip(results, want))


def share_of(io, value, name, rank, job):
    """Rank 0 makes the shares and leaves them in a folder of this run; they serve a benchmark, not a secret."""
    if rank == 0:
        for i, share in enumerate(io.make_shares(value, libspu.Visibility.VIS_SECRET)):
            leave(f"{job['folder']}/{name}.{i}", share)
    return found(f"{job['folder']}/{name}.{rank}")


def leave(path, what):
    with open(f"{path}.part", "wb") as f:
        pickle.dump(what, f)
    os.rename(f"{path}.part", path)


def found(path):
    while not os.path.exists(path):
        time.sleep(0.01)
    with open(path, "rb") as f:
        return pickle.load(f)


if __name__ == "__main__":
    main()
