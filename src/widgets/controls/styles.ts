import { control } from "./control";
import { styleNames } from "./names";
import { optionalText, text } from "./traits";

/** How wide the description beside a widget is: "100px", "initial" for as wide as it is. */
const DESCRIPTION = { descriptionWidth: text("") };
const STRING = {
  ...DESCRIPTION,
  background: optionalText(),
  fontSize: optionalText(),
  textColor: optionalText(),
};

/** The style of most widgets with a description. */
export class DescriptionStyle extends control({
  name: "DescriptionStyle",
  names: styleNames("DescriptionStyle"),
  traits: DESCRIPTION,
  parts: {},
}) {}

/** The style of sliders. */
export class SliderStyle extends control({
  name: "SliderStyle",
  names: styleNames("SliderStyle"),
  traits: { ...DESCRIPTION, handleColor: optionalText() },
  parts: {},
}) {}

/** The style of progress bars. */
export class ProgressStyle extends control({
  name: "ProgressStyle",
  names: styleNames("ProgressStyle"),
  traits: { ...DESCRIPTION, barColor: optionalText() },
  parts: {},
}) {}

/** The style of check boxes. */
export class CheckboxStyle extends control({
  name: "CheckboxStyle",
  names: styleNames("CheckboxStyle"),
  traits: { ...DESCRIPTION, background: optionalText() },
  parts: {},
}) {}

/** The style of text boxes. */
export class TextStyle extends control({
  name: "TextStyle",
  names: styleNames("TextStyle"),
  traits: STRING,
  parts: {},
}) {}

/** The style of HTML. */
export class HTMLStyle extends control({
  name: "HTMLStyle",
  names: styleNames("HTMLStyle"),
  traits: STRING,
  parts: {},
}) {}

/** The style of a row of buttons of which one is down. */
export class ToggleButtonsStyle extends control({
  name: "ToggleButtonsStyle",
  names: styleNames("ToggleButtonsStyle"),
  traits: { ...DESCRIPTION, buttonWidth: text(""), fontWeight: text("") },
  parts: {},
}) {}

/** The style of buttons. */
export class ButtonStyle extends control({
  name: "ButtonStyle",
  names: styleNames("ButtonStyle"),
  traits: {
    buttonColor: optionalText(),
    textColor: optionalText(),
    fontFamily: optionalText(),
    fontSize: optionalText(),
    fontStyle: optionalText(),
    fontVariant: optionalText(),
    fontWeight: optionalText(),
    textDecoration: optionalText(),
  },
  parts: {},
}) {}
