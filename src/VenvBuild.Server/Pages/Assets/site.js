// What pages do besides being read: copying, live logs, fresh figures, and lighting up a graph. Everything works without it.
(() => {
  "use strict";

  // Copying.
  const readyToCopy = root => {
    if (!navigator.clipboard) return;
    for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
  };

  document.addEventListener("click", async event => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
    const word = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = word; }, 1500);
  });

  // Puts the same part of a newer page in this one's place.
  const renew = async id => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !fresh) return false;
    if (old.innerHTML !== fresh.innerHTML && !old.contains(document.activeElement)) {
      const open = [...old.querySelectorAll("details")].map(one => one.open);
      old.innerHTML = fresh.innerHTML;
      [...old.querySelectorAll("details")].forEach((one, i) => { if (i < open.length) one.open = open[i]; });
      readyToCopy(old);
    }
    if (fresh.dataset.live) old.dataset.live = fresh.dataset.live;
    else delete old.dataset.live;
    return true;
  };

  // Figures and lists that stay fresh while somebody looks.
  const live = document.querySelector("[data-live]");
  const stayFresh = () => {
    if (!live || !live.dataset.live) return;
    setTimeout(async () => {
      try {
        if (document.visibilityState === "visible") await renew(live.id);
      } catch {
        // The server is away for a moment.
      }
      stayFresh();
    }, 1000 * Number(live.dataset.live));
  };

  // A build's log as it is written.
  const follow = log => {
    const note = document.getElementById("following");
    let last = Number(log.dataset.after);
    const events = new EventSource(log.dataset.events);
    const add = (event, kind, text) => {
      const id = Number(event.lastEventId);
      if (id && id <= last) return;
      last = id || last;
      const line = document.createElement("li");
      line.className = "line-" + kind;
      line.textContent = text;
      const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
      log.append(line);
      if (isAtEnd) log.scrollTop = log.scrollHeight;
    };
    events.addEventListener("log", event => add(event, "log", JSON.parse(event.data)));
    events.addEventListener("state", async event => {
      const state = JSON.parse(event.data);
      if (event.lastEventId) add(event, "state", "— " + state + " —");
      if (["ready", "failed", "cancelled"].includes(state)) {
        events.close();
        note.textContent = "The build ended: " + state + ".";
      }
      await renew("status");
    });
    events.addEventListener("open", () => { note.textContent = "Following the build."; });
    events.addEventListener("error", () => { if (events.readyState !== EventSource.CLOSED) note.textContent = "The connection is lost; trying again."; });
    log.scrollTop = log.scrollHeight;
  };

  // What a package in the graph needs, and who needs it.
  const light = graph => {
    const paths = [...graph.querySelectorAll("[data-from]")];
    const nodes = new Map([...graph.querySelectorAll("[data-node]")].map(node => [node.dataset.node, node]));
    const show = node => {
      graph.classList.toggle("lit", Boolean(node));
      for (const other of nodes.values()) other.classList.remove("near");
      for (const path of paths) {
        const isNear = Boolean(node) && (path.dataset.from === node.dataset.node || path.dataset.to === node.dataset.node);
        path.classList.toggle("near", isNear);
        if (isNear) for (const end of [path.dataset.from, path.dataset.to]) nodes.get(end)?.classList.add("near");
      }
    };
    // A large drawing begins where somebody would look first: at what was asked for.
    const frame = graph.closest(".drawing");
    const first = graph.querySelector("a.focus, a.asked");
    if (frame && first) {
      const [there, here] = [first.getBoundingClientRect(), frame.getBoundingClientRect()];
      frame.scrollTop += there.top + there.height / 2 - here.top - frame.clientHeight / 2;
      frame.scrollLeft += Math.min(0, there.left - here.left) + Math.max(0, there.right - here.right);
    }
    for (const node of nodes.values()) {
      for (const kind of ["mouseenter", "focus"]) node.addEventListener(kind, () => show(node));
      for (const kind of ["mouseleave", "blur"]) node.addEventListener(kind, () => show(null));
    }
  };

  readyToCopy(document);
  stayFresh();
  for (const log of document.querySelectorAll('[data-events]:not([data-events=""])')) follow(log);
  for (const graph of document.querySelectorAll("svg.graph")) light(graph);
})();
