/** Of a tile. */
const RATIO = 16 / 9

/** How many columns make the tiles of `count` people largest in a box, all of one size and none cut off. */
export const columnsFor = (count: number, width: number, height: number, gap = 8): number => {
  let best = 1
  let largest = 0
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns)
    const across = (width - gap * (columns - 1)) / columns
    const down = ((height - gap * (rows - 1)) / rows) * RATIO
    const tile = Math.min(across, down)
    if (tile > largest) {
      largest = tile
      best = columns
    }
  }
  return best
}
