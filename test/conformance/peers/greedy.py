"""For the tests: has llama.cpp continue prompts greedily, and tells the logits it chose each token by.

Reads one line of JSON, a list of {"path", "prompt", "steps"}; writes one line for each: {"tokens", "logits"}.
"""
import json
import sys

import numpy as np
from llama_cpp import Llama


def continued(path: str, prompt: list[int], steps: int) -> dict:
    model = Llama(path, n_ctx=512, n_threads=1, n_threads_batch=1, logits_all=True, verbose=False)
    model.eval(prompt)
    tokens, logits = [], []
    for _ in range(steps):
        row = np.array(model.scores[model.n_tokens - 1], dtype=np.float32)
        tokens.append(int(row.argmax()))
        logits.append([round(float(value), 5) for value in row])
        model.eval(tokens[-1:])
    model.close()
    return {"tokens": tokens, "logits": logits}


for asked in json.loads(sys.stdin.readline()):
    print(json.dumps(continued(**asked)), flush=True)
