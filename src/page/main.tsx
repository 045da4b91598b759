import "@h5web/lib/styles.css";
import "uplot/dist/uPlot.min.css";
import "./styles.css";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";

const place = document.getElementById("page");
if (place === null) throw new Error("index.html has no element 'page'. Add it.");
createRoot(place).render(<App />);
