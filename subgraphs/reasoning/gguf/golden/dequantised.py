"""Writes dequantised.json: for each tensor type the hash of what the reference implementation of the format makes of bytes
that both sides can make. Run again only for a new type:  pip install gguf==0.19.0 && python dequantised.py > dequantised.json
"""
import hashlib
import json

import numpy as np
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

BLOCKS = 64
# Where the high byte of a 16-bit float (of the last two bytes of a 32-bit one) lies in a block: made finite.
FLOATS = {
    "F32": [3], "F16": [1], "BF16": [1], "Q4_0": [1], "Q4_1": [1, 3], "Q5_0": [1], "Q5_1": [1, 3], "Q8_0": [1],
    "Q2_K": [81, 83], "Q3_K": [109], "Q4_K": [1, 3], "Q5_K": [1, 3], "Q6_K": [209],
}


def made_bytes(count: int) -> bytearray:
    """Linear congruential, the numbers of Numerical Recipes; the highest byte of each."""
    state, made = 1, bytearray()
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        made.append(state >> 24)
    return made


def main() -> None:
    golden = {}
    for name, places in FLOATS.items():
        kind = GGMLQuantizationType[name]
        _, size = GGML_QUANT_SIZES[kind]
        made = made_bytes(BLOCKS * size)
        for start in range(0, len(made), size):
            for place in places:
                made[start + place] &= 0xBF
        values = dequantize(np.frombuffer(bytes(made), dtype=np.uint8), kind)
        # Minus nothing becomes nothing: an affine block does not tell them apart.
        values = np.ascontiguousarray(values, dtype="<f4").reshape(-1) + np.float32(0)
        golden[name] = {"blocks": BLOCKS, "values": len(values), "sha256": hashlib.sha256(values.tobytes()).hexdigest()}
    print(json.dumps(golden, indent=2))


if __name__ == "__main__":
    main()
