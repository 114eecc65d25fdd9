"""Python's gql over each of its transports, as its documentation has them."""

import asyncio
import json
import sys

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from gql.transport.websockets import WebsocketsTransport

url, session_id = sys.argv[1:3]
SESSION = gql("query Session($id: ID!) { session(id: $id) { id title revision } }")
APPEND = gql(
    """
    mutation Append($input: AppendContextInput!) {
      appendContext(input: $input) { session { id revision } userErrors { code } }
    }
    """
)
GENERATE = gql(
    """
    subscription Generate($input: AskInput!) {
      generate(input: $input) { sequence ... on TokenDelta { text } ... on GenerationCompleted { generation { id text } } }
    }
    """
)


def ask(document, **variables):
    document.variable_values = variables
    return document


def with_requests():
    client = Client(transport=RequestsHTTPTransport(url=url), fetch_schema_from_transport=True)
    session = client.execute(ask(SESSION, id=session_id))["session"]
    try:
        client.execute(gql("{ sessions(first: 0) { edges { cursor } } }"))
        refused = None
    except TransportQueryError as error:
        refused = error.errors[0]["extensions"]["code"]
    return {
        "session": session,
        "types": len(client.schema.type_map) > 50,
        "refused": refused,
    }


async def with_aiohttp():
    items = [{"text": {"text": "Written by gql."}}]
    async with Client(transport=AIOHTTPTransport(url=url)) as client:
        appended = await client.execute(
            ask(APPEND, input={"sessionId": session_id, "idempotencyKey": "gql", "items": items})
        )
        return appended["appendContext"]


async def with_websockets():
    events = []
    async with Client(transport=WebsocketsTransport(url=url.replace("http", "ws"))) as client:
        question = {"sessionId": session_id, "prompt": "Which port has the ledger?"}
        async for result in client.subscribe(ask(GENERATE, input=question)):
            events.append(result["generate"])
    return events


async def main():
    appended = await with_aiohttp()
    events = await with_websockets()
    return {
        "appended": appended,
        "sequences": [event["sequence"] for event in events],
        "streamed": "".join(event.get("text", "") for event in events),
        "answer": events[-1]["generation"]["text"],
    }


print(json.dumps({"requests": with_requests(), **asyncio.run(main())}))
