"""Asks a server for an answer with Triton's own client: health, metadata, and one inference, as
JSON tensors and as binary ones.

    python scripts/e2e/oip_client.py HOST:PORT MODEL ITEM_FILE

ITEM_FILE holds one raw item. Prints what it got as JSON; any error of the client ends it with 1.
"""

import json
import sys

import numpy
import tritonclient.http as triton

ELEMENTS = {"UINT8": numpy.uint8, "INT8": numpy.int8, "INT16": numpy.int16}


def main(address: str, model: str, item_file: str) -> None:
    client = triton.InferenceServerClient(url=address, connection_timeout=10, network_timeout=10)
    metadata = client.get_model_metadata(model)
    (tensor,) = metadata["inputs"]
    (output,) = metadata["outputs"]
    shape = [1, *tensor["shape"][1:]]
    item = numpy.fromfile(item_file, dtype=ELEMENTS[tensor["datatype"]]).reshape(shape)

    answers = {}
    for name, binary in (("json", False), ("binary", True)):
        request = triton.InferInput(tensor["name"], shape, tensor["datatype"])
        request.set_data_from_numpy(item, binary_data=binary)
        wanted = triton.InferRequestedOutput(output["name"], binary_data=binary)
        result = client.infer(model, [request], outputs=[wanted])
        answers[name] = result.as_numpy(output["name"]).reshape(-1).tolist()

    print(
        json.dumps(
            {
                "live": client.is_server_live(),
                "ready": client.is_server_ready(),
                "modelReady": client.is_model_ready(model),
                "server": client.get_server_metadata(),
                "metadata": metadata,
                "answers": answers,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
