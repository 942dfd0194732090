// How much of the grid is seen: its height, that of its rows, and the column that is scrolled to.

const ROW_PX = { normal: 26, least: 22, leastByDay: 18, touch: 44 };
const SPARE_PX = 10;
const LEAST_PX = { mouse: 240, touch: 150 };

// Of somebody who reads in large letters the grid is zoomed: places on the screen are then not in its own pixels.
const zoomOf = (node) => node.currentCSSZoom ?? 1;

function fitHeight({ root, scroller, history: { node: history }, table, data, pad }) {
  const screen = innerHeight / zoomOf(root);
  const top = Math.max(root.getBoundingClientRect().top / zoomOf(root), 0);
  const others = [...root.children].filter((child) => child !== scroller && child !== history && !child.hidden);
  const room = screen - Math.min(top, screen / 2) - others.reduce((sum, child) => sum + child.offsetHeight, 0) - SPARE_PX;
  scroller.style.maxHeight = `${Math.max(room, pad.isOn ? LEAST_PX.touch : LEAST_PX.mouse)}px`;
  const head = table?.tHead.offsetHeight ?? 0;
  const fitting = Math.floor((room - head - SPARE_PX * 2) / Math.max(data?.pupils.length ?? 1, 1));
  const least = data?.by_day ? ROW_PX.leastByDay : ROW_PX.least;
  const height = fitting >= least ? Math.min(fitting, ROW_PX.normal) : ROW_PX.normal;
  root.style.setProperty("--row", `${pad.isOn ? ROW_PX.touch : height}px`);
}

function showColumn({ cells, scroller, table }, column) {
  const cell = cells[0]?.[column];
  if (!cell) return;
  const { left } = scroller.getBoundingClientRect();
  const frozen = table.querySelector("th.names").offsetWidth;
  const ends = [...table.querySelectorAll("th.mean, th.term, th.forecast")].filter((head) => getComputedStyle(head).position === "sticky");
  const right = ends.reduce((sum, head) => sum + head.offsetWidth, 0);
  const x = (cell.getBoundingClientRect().left - left) / zoomOf(scroller);
  const room = scroller.clientWidth - right - cell.offsetWidth;
  if (x < frozen || x > room) scroller.scrollLeft += x - room + cell.offsetWidth;
}
