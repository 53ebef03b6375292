import type { Field } from "../../base/field";
import { inLanguage } from "../../base/language";
import { TRAINING_FIELDS, type TrainingValues } from "../../train/training-fields";
import type { FullViTConfig, ViTConfig } from "../../vit/config";
import { CONFIG_FIELDS } from "../../vit/config-fields";

/** All that a form says: the fields of a config and of training, side by side. */
export type TweakValues = FullViTConfig & TrainingValues;

/** The name of a field of a form. */
export type FieldName = keyof TweakValues;

/** Values of a form by name; null and undefined are those of the defaults. */
export type TweakChanges = { readonly [Name in FieldName]?: (ViTConfig & TrainingValues)[Name] | null };

/** A group of fields of a form. */
export type FieldGroup = (typeof GROUPS)[number];

/** The groups of fields, in the order in which they are shown. */
export const GROUPS = ["images", "tokens", "blocks", "head", "regularization", "training"] as const;

const GROUP_NAMES: Readonly<Record<FieldGroup, string>> = {
  images: "图像",
  tokens: "标记",
  blocks: "编码器块",
  head: "分类头",
  regularization: "正则化",
  training: "训练",
};

/** What a group is called, in the language of what is shown. */
export function groupName(group: FieldGroup): string {
  return inLanguage({ en: group, zh: GROUP_NAMES[group] });
}

/** The fields of a form, by their names. */
export const FORM_FIELDS = { ...CONFIG_FIELDS, ...TRAINING_FIELDS } as Readonly<
  Record<FieldName, Field<FieldGroup, TweakValues>>
>;

/** Whether a field is one of the config. */
export function isOfConfig(name: FieldName): name is keyof FullViTConfig {
  return name in CONFIG_FIELDS;
}
