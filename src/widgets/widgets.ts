/** The widgets of ipywidgets, under its names. */
export { Accordion, GridBox, HBox, Tab, VBox } from "./controls/boxes";
export { Button, Checkbox, FloatText, IntText, Play, Text } from "./controls/inputs";
export { Output } from "./controls/output";
export { type Choice, type Choices, Dropdown, ToggleButtons } from "./controls/selection";
export { HTML, Image, IntProgress } from "./controls/shown";
export { FloatLogSlider, FloatSlider, IntRangeSlider, IntSlider } from "./controls/sliders";
export { jslink, type Linked, link } from "./link";
