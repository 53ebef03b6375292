import { VitlabError } from "../../base/error";
import type { MixOptions } from "../../data/mix";
import { adam, adamW } from "../../train/optimizers/adam";
import { matricesOnly } from "../../train/optimizers/decay-rules";
import { muon } from "../../train/optimizers/muon";
import type { Optimizer } from "../../train/optimizers/optimizer";
import { sgd } from "../../train/optimizers/sgd";
import { constant, type Schedule, warmupCosine } from "../../train/schedules";
import { completeConfig } from "../../vit/complete-config";
import type { FullViTConfig, ViTConfig } from "../../vit/config";
import { configFromFile, PRESETS } from "./model-choice";
import type { TrainArguments } from "./run-train";

/** The model that was asked for, or that of the run that is to go on. */
export function chosenConfig(
  { preset, config: file, dropout, dropPath }: TrainArguments,
  saved: FullViTConfig | undefined,
): FullViTConfig {
  const named = preset === undefined && saved ? saved : (PRESETS[preset ?? "article"] as ViTConfig);
  const chosen = file ? configFromFile(file) : named;
  const config = completeConfig({ ...chosen, ...(dropPath !== undefined && { dropPath }) });
  if (dropout === undefined) return config;
  // One rate for both where the model drops attention weights at all, as in PyTorch's encoder layers.
  return { ...config, dropout, attentionDropout: config.attentionDropout > 0 ? dropout : 0 };
}

export function chosenOptimizer({ optimizer, learningRate, weightDecay, momentum, decay }: TrainArguments): Optimizer {
  if (momentum !== undefined && optimizer !== "sgd")
    throw new VitlabError(`--momentum is for --optimizer sgd: ${optimizer} has its own`);
  const settings = {
    learningRate,
    ...(weightDecay !== undefined && { weightDecay }),
    ...(decay === "matrices" && { decay: matricesOnly }),
  };
  if (optimizer === "sgd") return sgd({ ...settings, momentum });
  if (optimizer === "muon") return muon(settings);
  return optimizer === "adamw" ? adamW(settings) : adam(settings);
}

/** Whatever isn't 0 is passed on: what makes no sense is refused there, and not left out. */
export function chosenMix({ mixup, cutmix }: Pick<TrainArguments, "mixup" | "cutmix">): MixOptions | undefined {
  return mixup || cutmix ? { mixup: mixup ?? 0, cutmix: cutmix ?? 0 } : undefined;
}

export function chosenSchedule({ schedule, warmupSteps }: TrainArguments): Schedule {
  if (schedule === "cosine") return warmupCosine({ warmupSteps });
  if (warmupSteps)
    throw new VitlabError("--warmup-steps needs --schedule cosine: the constant schedule doesn't warm up");
  return constant();
}
