import { extractiveModel } from '@supercontext/reasoning/model/extractive.ts';
import { languageModelConformance } from './language-model.ts';

languageModelConformance('extractive', async () => extractiveModel());
