// The map of a page: vis draws what Python placed; search, filters, details and table stay in step with it.
// Names reach the document through textContent only.
(function () {
  "use strict";

  function start(root) {
    const config = JSON.parse(root.querySelector("[data-config]").textContent);
    const canvas = root.querySelector("[data-canvas]");
    if (!canvas || !config.nodes.length) return;
    const texts = config.texts;
    const byId = new Map(config.nodes.map((n) => [n.id, n]));
    const near = new Map(config.nodes.map((n) => [n.id, []]));
    for (const e of config.edges) {
      near.get(e.from).push(e);
      near.get(e.to).push(e);
    }
    const nodes = new vis.DataSet(config.nodes);
    const edges = new vis.DataSet(config.edges);
    const network = new vis.Network(canvas, { nodes, edges }, {
      physics: false,
      layout: { improvedLayout: false },
      interaction: { hover: true, keyboard: false, zoomView: false, dragNodes: true, multiselect: false },
      nodes: { widthConstraint: { maximum: 190 }, font: { face: "system-ui, sans-serif" } },
      edges: { smooth: false, selectionWidth: 1.5, hoverWidth: 1 },
    });
    root.querySelector("[data-undrawn]").hidden = true;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const motion = still ? false : { duration: 350, easingFunction: "easeInOutQuad" };
    const find = (selector) => root.querySelector(selector);
    const search = find("#km-search"), department = find("#km-department"), area = find("#km-area");
    const onlyFindings = find("#km-findings"), status = find("[data-status]"), details = find("[data-details]");
    const hint = details.textContent;
    const rows = new Map([...root.querySelectorAll("tr[data-edge]")].map((r) => [r.dataset.edge, r]));
    let chosen = null;

    const list = find("#km-names");
    for (const n of [...config.nodes].sort((a, b) => a.full.localeCompare(b.full))) {
      const option = document.createElement("option");
      option.value = n.full;
      list.append(option);
    }

    function passes(e) {
      if (department.value && e.from !== department.value && e.to !== department.value) return false;
      if (area.value && !e.areas.includes(area.value)) return false;
      return !onlyFindings.checked || e.finding;
    }

    function say(text, values) {
      return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
    }

    function paint() {
      const kept = new Set(), shown = new Set(), lit = new Set();
      for (const e of config.edges) {
        if (!passes(e)) continue;
        kept.add(e.id);
        shown.add(e.from);
        shown.add(e.to);
      }
      const filtered = department.value || area.value || onlyFindings.checked;
      if (department.value) shown.add(department.value);
      if (chosen !== null) {
        shown.add(chosen);
        lit.add(chosen);
        for (const e of near.get(chosen)) if (kept.has(e.id)) lit.add(e.from).add(e.to);
      }
      nodes.update(config.nodes.map((n) => ({
        id: n.id,
        hidden: Boolean(filtered) && !shown.has(n.id),
        opacity: chosen === null || lit.has(n.id) ? 1 : 0.15,
        font: { ...n.font, color: chosen === null || lit.has(n.id) ? n.font.color : "#b8c0c8" },
      })));
      let count = 0;
      edges.update(config.edges.map((e) => {
        const touching = chosen === null || e.from === chosen || e.to === chosen;
        const row = rows.get(e.id);
        row.hidden = !kept.has(e.id) || !touching;
        if (!row.hidden) count += 1;
        return {
          id: e.id,
          hidden: !kept.has(e.id),
          color: touching ? e.color : { ...e.color, opacity: 0.07 },
        };
      }));
      status.textContent = say(texts.rows, { shown: count, all: rows.size });
      describe(kept);
    }

    function element(name, text, parent) {
      const made = document.createElement(name);
      made.textContent = text;
      parent.append(made);
      return made;
    }

    function describe(kept) {
      details.replaceChildren();
      if (chosen === null) {
        element("p", hint.trim(), details).className = "km-quiet";
        return;
      }
      const node = byId.get(chosen);
      element("h4", node.full, details);
      const lines = near.get(chosen).filter((e) => kept.has(e.id));
      element("p", texts[node.kind] || node.kind, details).className = "km-quiet";
      if (config.partnerUrl && node.kind === "partner") {
        const link = element("a", texts.open, element("p", "", details));
        link.href = config.partnerUrl + encodeURIComponent(node.id);
      }
      element("p", say(texts.selected, { name: node.full, count: lines.length }), details).className = "km-hidden";
      const others = element("ul", "", details);
      for (const e of lines.sort((a, b) => b.width - a.width)) {
        const other = byId.get(e.from === chosen ? e.to : e.from);
        const button = element("button", other.full, element("li", "", others));
        button.type = "button";
        button.dataset.focus = other.id;
      }
    }

    function choose(id, move) {
      chosen = id;
      if (id === null) network.unselectAll();
      else {
        network.selectNodes([id], false);
        if (move) network.focus(id, { scale: Math.max(network.getScale(), 0.8), animation: motion });
      }
      paint();
    }

    function seek() {
      const asked = search.value.trim().toLocaleLowerCase();
      search.setCustomValidity("");
      if (!asked) return choose(null, false);
      const rank = (n) => {
        const name = n.full.toLocaleLowerCase();
        return name === asked ? 0 : name.startsWith(asked) ? 1 : name.includes(asked) ? 2 : 3;
      };
      const best = config.nodes.map((n) => [rank(n), n]).sort((a, b) => a[0] - b[0])[0];
      if (best[0] === 3) {
        status.textContent = texts.nothing;
        search.setCustomValidity(texts.nothing);
        search.reportValidity();
        return undefined;
      }
      return choose(best[1].id, true);
    }

    function sort(button) {
      const head = button.closest("th");
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const th of head.parentElement.children) th.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const place = [...head.parentElement.children].indexOf(head);
      const numeric = head.classList.contains("km-number");
      const value = (row) => row.children[place].dataset.value;
      const order = (a, b) => numeric ? value(a) - value(b) : value(a).localeCompare(value(b));
      const sorted = [...rows.values()].sort((a, b) => down ? order(b, a) : order(a, b));
      find("[data-table] tbody").append(...sorted);
    }

    network.on("click", (p) => {
      network.setOptions({ interaction: { zoomView: true } });
      choose(p.nodes.length ? p.nodes[0] : null, false);
    });
    canvas.addEventListener("mouseleave", () => network.setOptions({ interaction: { zoomView: false } }));
    root.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.focus !== undefined) choose(button.dataset.focus, true);
      else if (button.dataset.sort) sort(button);
      else if (button.dataset.zoom === "fit") network.fit({ animation: motion });
      else if (button.dataset.zoom) {
        const scale = network.getScale() * (button.dataset.zoom === "in" ? 1.3 : 1 / 1.3);
        network.moveTo({ scale: Math.min(Math.max(scale, 0.05), 5), animation: motion });
      }
    });
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && chosen !== null) choose(null, false);
    });
    const tools = find("[data-tools]");
    tools.addEventListener("submit", (event) => {
      event.preventDefault();
      seek();
    });
    tools.addEventListener("reset", () => window.setTimeout(() => {
      search.setCustomValidity("");
      choose(null, false);
      network.fit({ animation: motion });
    }));
    search.addEventListener("input", () => search.setCustomValidity(""));
    search.addEventListener("change", () => {
      if (config.nodes.some((n) => n.full === search.value)) seek();
    });
    for (const control of [department, area, onlyFindings]) control.addEventListener("change", paint);
    network.once("afterDrawing", () => {
      root.dataset.drawn = "true";
    });
    root.kumppani = { network, choose };
    paint();
    network.fit({ animation: false });
  }

  document.querySelectorAll("[data-map]").forEach(start);
})();
