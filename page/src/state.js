// What the reader has chosen. Everything that is shown follows from it.

/** A state of the page; `changed` is called after each change. */
export function createState(data, changed) {
  const state = {
    unfolded: new Set(),
    /** The workload in focus. */
    focus: null,
    /** The connection whose lines are shown, as `{ edge, to }`. */
    connection: null,
    /** Connections between folded groups, to choose from. */
    bundle: null,
    search: "",
    ports: "",
    highlight: "",
    /** Whether connections that a change leaves as they are stay out of the picture. */
    onlyChanges: data.isChange,
  };
  const set = (change) => {
    Object.assign(state, change);
    changed(state, change);
  };
  return {
    state,
    set,
    toggle(group) {
      const unfolded = new Set(state.unfolded);
      if (!unfolded.delete(group)) unfolded.add(group);
      set({ unfolded });
    },
    unfoldAll: () => set({ unfolded: new Set(data.groups.keys()) }),
    foldAll: () => set({ unfolded: new Set(), focus: null, connection: null, bundle: null }),
    focus(node) {
      const unfolded = new Set(state.unfolded).add(data.nodes[node].group);
      set({ unfolded, focus: node, connection: null, bundle: null });
    },
    show: (connection) => set({ connection }),
    choose: (bundle) => set({ bundle, connection: null, focus: null }),
    /** Goes back one step; `false` where there is none. */
    back() {
      if (state.connection) set({ connection: null });
      else if (state.bundle) set({ bundle: null });
      else if (state.focus !== null) set({ focus: null });
      else return false;
      return true;
    },
  };
}

/** Whether a connection passes the filters. */
export function passes(state, edge) {
  const isAsked = edge.ports.toLowerCase().includes(state.ports.trim().toLowerCase());
  return isAsked && (Boolean(edge.change) || !state.onlyChanges);
}
