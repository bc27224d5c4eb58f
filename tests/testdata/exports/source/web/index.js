import { Counter, format as show } from "./util.js";
import express from "express";

const counter = new Counter();
counter.increment().increment(2);
console.log(show(counter), express());
