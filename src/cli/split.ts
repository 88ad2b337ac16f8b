/** @file `tessera split`: the skeleton of a model, which everybody may have, and its weights, which stay with their owner. */
import { readFileSync, writeFileSync } from 'node:fs';
import { written } from '../frontends/arrays.ts';
import { onnx } from '../frontends/onnx-model.ts';
import type { CliCommand } from './command.ts';
import { withExamples } from './examples.ts';

interface Flags {
  skeleton?: string;
  weights?: string;
  public?: string[];
  structure?: string;
}

export const splitCommand: CliCommand = {
  register(program) {
    withExamples(
      program
        .command('split')
        .description("a model's skeleton, for everybody, and its weights, for sf.load at their owner"),
      'tessera split model.onnx',
      'tessera split model.onnx --skeleton open.onnx --weights own.npz --public scaler.mean',
    )
      .argument('<model.onnx>', 'an ONNX model')
      .option('--skeleton <file>', 'where the skeleton goes; beside the model unless given')
      .option(
        '--weights <file>',
        'where the weights go (.safetensors or .npz); beside the model unless given',
      )
      .option('--public <names...>', 'weights that stay in the skeleton')
      .option('--structure <public>', 'what trees ask where stays in the skeleton')
      .action(async (path: string, flags: Flags) => {
        const base = path.replace(/\.onnx$/i, '');
        const model = await onnx(new Uint8Array(readFileSync(path)), {
          public: flags.public,
          structure: flags.structure as 'public' | undefined,
        });
        const [skeleton, weights] = [
          flags.skeleton ?? `${base}.skeleton.onnx`,
          flags.weights ?? `${base}.safetensors`,
        ];
        // Nobody else may read weights.
        writeFileSync(weights, written(weights, model.weights), { mode: 0o600 });
        writeFileSync(skeleton, model.skeleton);
        console.log(String(model));
        console.log(`${skeleton}: for everybody. ${weights}: for sf.load at its owner alone`);
      });
  },
};
