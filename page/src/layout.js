// Adds up the sizes that netlint computed, as `boxes` of src/graph/layout.rs does.

/** Where each group is drawn, by which of them are unfolded. */
export function boxes({ groups, gap: [across, down] }, isUnfolded) {
  const sizeOf = (group) => (isUnfolded(group.index) ? group.unfolded : group.folded);
  const widths = groups.filter((group) => group.row === null).map((group) => sizeOf(group)[0] + across);
  const left = Math.max(0, ...widths);
  let [row, x, y, height] = [0, left, 0, 0];
  return groups.map((group) => {
    const size = sizeOf(group);
    if (group.row === null) return { x: 0, y: 0, size };
    if (group.row !== row) [row, x, y, height] = [group.row, left, y + height + down, 0];
    const box = { x, y, size };
    x += size[0] + across;
    height = Math.max(height, size[1]);
    return box;
  });
}
