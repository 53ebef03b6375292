import type { Tensor4D } from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/base/random";
import { swiGLU } from "../../../src/nn/swiglu";
import { explorerEdits } from "../../../src/panels/explorer/explorer-edits";
import { ExplorerModel } from "../../../src/panels/explorer/explorer-model";
import {
  type ExplorerEdits,
  type ExplorerState,
  firstState,
  NO_EDITS,
} from "../../../src/panels/explorer/explorer-state";
import { BLOCK_PARTS, FIRST_PARTS, LAST_PARTS } from "../../../src/panels/explorer/parts/part-names";
import { tf } from "../../../src/tensor/tf";
import type { ViTConfig } from "../../../src/vit/config";
import { ViT } from "../../../src/vit/model";
import { expectNoLeak, onEveryEngine } from "../../support/engines";
