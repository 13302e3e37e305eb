// Pages: the tabs, in their order. A page is a row here and a module whose default export draws it
// with the props {status, look}; one that is `bare` has no range and shows in an empty store, too.
export const pages = [
  { path: "overview", title: "Overview", load: () => import("./overview.js") },
  { path: "activity", title: "Activity", load: () => import("./activity.js") },
  { path: "costs", title: "Costs", load: () => import("./costs.js") },
  { path: "models", title: "Models", load: () => import("./models.js") },
  { path: "projects", title: "Projects", load: () => import("./projects.js") },
  { path: "trends", title: "Trends", load: () => import("./trends.js") },
  { path: "people", title: "People", load: () => import("./people.js") },
  { path: "operations", title: "Operations", load: () => import("./operations.js") },
  { path: "live", title: "Live", bare: true, load: () => import("./live.js") },
  { path: "explorer", title: "Explorer", load: () => import("./explorer.js") },
  { path: "settings", title: "Settings", load: () => import("./settings.js"), bare: true },
];
