import { z } from 'zod'
import { FlowFile, TriageFile } from '../core/flow/definition.js'

/** The JSON Schemas that editors use while somebody writes a flow: file name → schema. */
export function editorSchemas(): Record<string, object> {
  const make = (title: string, form: z.ZodType) => ({
    title,
    ...z.toJSONSchema(form, { io: 'input', unrepresentable: 'any' }),
  })
  return {
    'flow.schema.json': make('A guide of the ward bot', FlowFile),
    'triage.schema.json': make('The questions that lead to a guide', TriageFile),
  }
}
