"""What a page keeps, beside what it shows: its storage, its databases, and its heap."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

__all__ = ["heap", "stored"]

_STORED = """async () => {
    const kept = {
        local: {...localStorage}, session: {...sessionStorage}, cookies: document.cookie,
        address: location.href, title: document.title, state: history.state, databases: {},
    };
    const asked = what => new Promise((done, failed) => {
        what.onsuccess = () => done(what.result);
        what.onerror = () => failed(what.error);
    });
    for (const {name} of await indexedDB.databases()) {
        const database = await asked(indexedDB.open(name));
        const tables = kept.databases[name] = {};
        for (const table of database.objectStoreNames)
            tables[table] = await asked(database.transaction(table).objectStore(table).getAll());
        database.close();
    }
    return JSON.stringify(kept, (name, value) =>
        value instanceof Map ? [...value] : value instanceof Set ? [...value] : value);
}"""


def stored(page: Page) -> str:
    """What the page keeps for its next visit, as JSON."""
    return str(page.evaluate(_STORED))


def heap(page: Page) -> bytes:
    """Everything that the page's JavaScript still holds, after it was swept."""
    parts: list[str] = []
    session = page.context.new_cdp_session(page)
    session.on("HeapProfiler.addHeapSnapshotChunk", lambda part: parts.append(part["chunk"]))
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    session.detach()
    taken: dict[str, Any] = json.loads("".join(parts))
    return "\n".join(map(str, taken["strings"])).encode("utf-8", "surrogatepass")
