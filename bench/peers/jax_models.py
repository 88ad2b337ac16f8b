"""The programs of bench/models in JAX: for SPU's own frontend (spu_party.py), and exported once for sf.program.

`python jax_models.py` writes bench/models/NAME.jax, as everybody exports a program of theirs. models.json says what arguments each of them has,
for this file and for bench/lib/models.ts: both make the same numbers. Exported with jax 0.10.2, absl-py and flatbuffers.
"""

import json
import os

import jax
import jax.numpy as jnp
import numpy as np

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "models")


def logistic_step(w, b, x, y):
    def loss(w, b):
        z = x @ w + b
        return jnp.mean(jax.nn.softplus(z) - y * z) + 1e-3 * jnp.sum(w * w)

    value, (dw, db) = jax.value_and_grad(loss, (0, 1))(w, b)
    return w - 0.5 * dw, b - 0.5 * db, value


def mlp_step(a, p, b, q, x, y):
    def loss(params):
        a, p, b, q = params
        z = jax.nn.relu(x @ a + p) @ b + q
        return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(z), 1))

    value, grads = jax.value_and_grad(loss)((a, p, b, q))
    return *[w - 0.1 * g for w, g in zip((a, p, b, q), grads)], value


def cnn(k1, p1, k2, p2, a, p, b, q, x):
    def conv(x, k, p):
        return jax.lax.conv_general_dilated(x, k, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + p

    def pool(x):
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")

    x = pool(jax.nn.relu(conv(x, k1, p1)))
    x = pool(jax.nn.relu(conv(x, k2, p2)))
    x = jax.nn.relu(x.reshape(x.shape[0], -1) @ a + p)
    return jax.nn.softmax(x @ b + q)


def norm(x, scale, shift):
    x = x - jnp.mean(x, -1, keepdims=True)
    return x / jnp.sqrt(jnp.mean(x * x, -1, keepdims=True) + 1e-5) * scale + shift


def attention(x, qkv, qkv_shift, out, out_shift, heads, mask):
    n, d = x.shape
    q, k, v = jnp.transpose((x @ qkv + qkv_shift).reshape(n, 3, heads, d // heads), (1, 2, 0, 3))
    scores = q @ jnp.transpose(k, (0, 2, 1)) / (d // heads) ** 0.5
    if mask is not None:
        scores = jnp.where(mask, scores, -1e9)
    y = jax.nn.softmax(scores) @ v
    return jnp.transpose(y, (1, 0, 2)).reshape(n, d) @ out + out_shift


def transformer_block(qkv, qkv_shift, out, out_shift, g1, s1, up, up_shift, down, down_shift, g2, s2, x):
    """As in BERT: norms come after."""
    x = norm(x + attention(x, qkv, qkv_shift, out, out_shift, 4, None), g1, s1)
    y = jax.nn.gelu(x @ up + up_shift, approximate=False)
    return norm(x + y @ down + down_shift, g2, s2)


def gpt2_block(g1, s1, qkv, qkv_shift, out, out_shift, g2, s2, up, up_shift, down, down_shift, x):
    mask = jnp.tril(jnp.ones((x.shape[0], x.shape[0]), bool))
    x = x + attention(norm(x, g1, s1), qkv, qkv_shift, out, out_shift, 12, mask)
    return x + jax.nn.gelu(norm(x, g2, s2) @ up + up_shift) @ down + down_shift


FUNCTIONS = {
    "logistic step": logistic_step,
    "MLP step": mlp_step,
    "CNN": cnn,
    "transformer block": transformer_block,
    "GPT-2 block": gpt2_block,
}


def uniform(count, seed):
    """bench/lib/inputs.ts's stream: numbers in [0, 1)."""
    a = (np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x6D2B79F5)) & np.uint64(0xFFFFFFFF)

    def times(x, y):
        return (x * y) & np.uint64(0xFFFFFFFF)

    t = times(a ^ (a >> np.uint64(15)), a | np.uint64(1))
    t ^= (t + times(t ^ (t >> np.uint64(7)), t | np.uint64(61))) & np.uint64(0xFFFFFFFF)
    return (t ^ (t >> np.uint64(14))).astype(np.float64) / 2**32


def argument(spec, seed):
    shape = spec["shape"]
    if spec.get("kind") == "classes":
        return np.eye(shape[1])[np.floor(uniform(shape[0], seed) * shape[1]).astype(int)]
    values = spec["lo"] + (spec["hi"] - spec["lo"]) * uniform(int(np.prod(shape)), seed)
    return np.array(np.floor(values) if spec.get("kind") == "whole" else values).reshape(shape)


def specs():
    with open(os.path.join(FOLDER, "models.json")) as f:
        return json.load(f)


def arguments(name):
    """In float32, as people have their models."""
    return [argument(spec, 101 + i).astype(np.float32) for i, spec in enumerate(specs()[name]["inputs"])]


def main():
    from jax import export

    # Files say where in this file an operation comes from, and not where this file lies.
    jax.config.update("jax_hlo_source_file_canonicalization_regex", ".*/")
    for name, spec in specs().items():
        exported = export.export(jax.jit(FUNCTIONS[name]))(*arguments(name))
        with open(os.path.join(FOLDER, spec["file"]), "wb") as f:
            f.write(exported.serialize())


if __name__ == "__main__":
    main()
