// Pages: the tabs, in their order. A page is a row here and a module whose default export draws it
// with the props {status, look}; one that is `bare` has no range and shows in an empty store, too.
// `alone(words)` says whether nothing on it is compared with the period before; what it takes from its
// URL is a row in words.js.
import Overview from "./overview.js";
import Activity from "./activity.js";
import Costs from "./costs.js";
import Models from "./models.js";
import Projects from "./projects.js";
import Trends from "./trends.js";
import People from "./people.js";
import Operations from "./operations.js";
import Live from "./live.js";
import Explorer from "./explorer.js";
import Settings from "./settings.js";
import { takes } from "./words.js";

const rows = [
  { path: "overview", title: "Overview", Page: Overview },
  { path: "activity", title: "Activity", Page: Activity },
  { path: "costs", title: "Costs", Page: Costs },
  { path: "models", title: "Models", Page: Models },
  { path: "projects", title: "Projects", alone: () => true, Page: Projects },
  { path: "trends", title: "Trends", alone: () => true, Page: Trends },
  { path: "people", title: "People", alone: ({ person, conversation }) => Boolean(person || conversation), Page: People },
  { path: "operations", title: "Operations", Page: Operations },
  { path: "live", title: "Live", bare: true, Page: Live },
  { path: "explorer", title: "Explorer", alone: () => true, Page: Explorer },
  { path: "settings", title: "Settings", Page: Settings, bare: true },
];

export const pages = rows.map((row) => ({ ...row, takes: takes[row.path] }));
