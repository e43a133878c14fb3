import { open } from "../../opening";
import { languages, words } from "./words";
import "../../styles/base.css";

void open(words, languages, () => import("./start"));
