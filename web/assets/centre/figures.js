// The figures as charts; a bar opens the events behind it. The table below each says the same to those who do not see it.
import { BarChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import "./figures.css";

use([BarChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const style = getComputedStyle(document.documentElement);
const token = (name) => style.getPropertyValue(name).trim();
const TWO = ["--blue", "--red"];
const MANY = ["--blue", "--green", "--orange", "--red", "--amber-line", "--line-strong", "--navy"];

// On a phone long names are written in two lines, so that the bars keep half of the width.
const LONG_NAMES = { width: 110, overflow: "break", fontSize: 11, lineHeight: 12 };

function options({ series, bars }, upright, narrow) {
  const named = narrow && !upright ? LONG_NAMES : {};
  const names = { type: "category", data: bars.map((bar) => bar.name), axisLabel: { color: token("--quiet"), hideOverlap: true, ...named }, inverse: !upright };
  const numbers = { type: "value", minInterval: 1, splitNumber: narrow ? 3 : 5, axisLabel: { color: token("--quiet"), hideOverlap: true }, splitLine: { lineStyle: { color: token("--line") } } };
  const colours = (series.length === 2 ? TWO : MANY).map(token);
  return {
    color: colours,
    animation: false,
    textStyle: { fontFamily: "inherit" },
    grid: { left: 8, right: 16, top: 32, bottom: 4, containLabel: true },
    legend: { type: "scroll", top: 0, textStyle: { color: token("--ink") } },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, confine: true },
    [upright ? "xAxis" : "yAxis"]: names,
    [upright ? "yAxis" : "xAxis"]: numbers,
    series: series.map((name, at) => ({ name, type: "bar", stack: "all", barMaxWidth: 22, data: bars.map((bar) => bar.values[at]) })),
  };
}

for (const place of document.querySelectorAll("[data-figure]")) {
  const figure = JSON.parse(place.dataset.figure);
  const upright = place.hasAttribute("data-upright");
  if (!upright) place.style.height = `${Math.max(200, 60 + 26 * figure.bars.length)}px`;
  const chart = init(place, undefined, { renderer: "svg" });
  chart.setOption(options(figure, upright, place.clientWidth < 480));
  chart.on("click", ({ dataIndex, seriesIndex }) => { location.href = figure.bars[dataIndex].links[seriesIndex]; });
  new ResizeObserver(() => chart.resize()).observe(place);
}
